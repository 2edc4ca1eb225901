import { END, START, StateGraph } from "@langchain/langgraph";
import {
  type GlimpRouterOptions,
  resolveOptions,
} from "../langchain/options/chat-model-options.js";
import { invalidOption } from "../langchain/options/invalid-option.js";
import { RoutedModels } from "../langchain/reply/routed-models.js";
import { GraphState } from "./graph-state.js";
import { type TurnOf, turnOf } from "./take-turn.js";
import { ThoughtNodes } from "./thought-nodes.js";

/** The nodes, in the order of a thought. */
export type GlimpRouterGraphNode = "open" | TurnOf;

type CompileOptions = NonNullable<
  Parameters<StateGraph<typeof GraphState, typeof GraphState.State>["compile"]>[0]
>;

/** Options of the router, and of LangGraph's `compile`. */
export interface GlimpRouterGraphOptions extends GlimpRouterOptions {
  /** Where the thought is kept. None: the graph runs, but nothing survives. */
  readonly checkpointer?: CompileOptions["checkpointer"];
  /** Stops before these nodes; `graph.invoke(null, config)` goes on. */
  readonly interruptBefore?: readonly GlimpRouterGraphNode[];
  /** Stops behind these nodes. */
  readonly interruptAfter?: readonly GlimpRouterGraphNode[];
  /** @defaultValue "GlimpRouter" */
  readonly name?: string;
}

/** In an error's words, with what it has beside the router's options. */
const OWNER = {
  owner: "glimpRouterGraph",
  alsoKnown: ["checkpointer", "interruptBefore", "interruptAfter", "name"],
};

/** Supersteps beside those of the steps: `open`, `answer`, and some to spare. */
const OTHER_SUPERSTEPS = 10;

/**
 * The router as a graph: messages in, messages with the answer out, and a checkpoint behind every step of the
 * thought. A killed process loses the step under way and nothing else; a human may look at the thought between
 * two nodes, change it (`editThought`) or give the next step to the other model (`rerouteStep`).
 *
 * A checkpoint cannot hold an open stream, so here one stream covers one step: a request more for each easy
 * step than the chat model makes. Same decisions, same text.
 *
 * @example
 * ```ts
 * const graph = glimpRouterGraph({ small, large, checkpointer });
 * const config = { configurable: { thread_id: "1" } };
 * const { messages } = await graph.invoke({ messages: [new HumanMessage("...")] }, config);
 * // After a crash: await graph.invoke(null, config);
 * ```
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy
 */
export function glimpRouterGraph({
  checkpointer,
  interruptBefore = [],
  interruptAfter = [],
  name = "GlimpRouter",
  ...given
}: GlimpRouterGraphOptions) {
  const options = resolveOptions(given, OWNER);
  if (options.deadline !== null) {
    throw invalidOption(
      "deadlineMs",
      options.deadline.ms,
      "A thought in a graph may rest between two nodes, for days. Give its run a limit instead: `graph.invoke(input, { timeout })`.",
      OWNER.owner,
    );
  }
  const nodes = new ThoughtNodes(new RoutedModels(given, options), options);
  const nextTurn = ({ thought }: typeof GraphState.State): TurnOf =>
    thought === null ? "answer" : turnOf(thought);
  const graph = new StateGraph(GraphState)
    .addNode("open", nodes.open)
    .addNode("small", nodes.think)
    .addNode("large", nodes.think)
    .addNode("answer", nodes.answer)
    .addEdge(START, "open")
    .addConditionalEdges("open", nextTurn, TURNS)
    .addConditionalEdges("small", nextTurn, TURNS)
    .addConditionalEdges("large", nextTurn, TURNS)
    .addEdge("answer", END)
    .compile({
      name,
      ...(checkpointer === undefined ? {} : { checkpointer }),
      interruptBefore: [...interruptBefore],
      interruptAfter: [...interruptAfter],
    });
  return graph.withConfig({
    // Two nodes for a step by large; LangGraph's own limit is 25 for a whole thought.
    recursionLimit: 2 * options.maxSteps + OTHER_SUPERSTEPS,
    // A step is on disk before the next one is paid for. LangGraph's default writes behind its back.
    ...DURABLE,
  }) as typeof graph;
}

const TURNS: TurnOf[] = ["small", "large", "answer"];
const DURABLE = { durability: "sync" } as const;
