import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import {
  type GlimpRouterFields,
  type GlimpsePoint,
  once,
  type RoutePolicy,
  random,
  routingOf,
  span,
  targetRate,
} from "../../src/index.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { ScriptedChatModel, scriptedRouter } from "../langchain/scripted-pair.js";
import type { ScriptedThought } from "../servers/script/scripted-model.js";

const INPUT = { messages: [new HumanMessage("2+2?")] };
const THREAD = { configurable: { thread_id: "1" } };

/** Numbers behind "=", markup and openers, so that every point finds something. */
const script: ScriptedThought = {
  steps: [
    { text: "So 2 + 2 = 4, and 3 + 1 = 4.", entropy: 0.2 },
    { text: "**Wait**, is x = 14 right?", entropy: 2.1 },
    { text: "- Let me check: 7 + 7 = 14.", entropy: 1.2 },
    { text: "Yes, it is 14.", entropy: 0.3 },
  ],
  answer: "The answer is 14.",
  innerEntropy: 0.6,
};

const models = () => ({
  small: new ScriptedChatModel({ script }),
  large: new ScriptedChatModel({ script }),
});

type Routing = Partial<Pick<GlimpRouterFields, "glimpseAt" | "policy" | "maxHoldTokens">>;

/** All of a reply that its driver must not change. */
function substance(message: object, decisions: readonly object[]) {
  const { additional_kwargs, content } = message as {
    additional_kwargs: Record<string, unknown>;
    content: unknown;
  };
  const record = routingOf(message as never);
  const steps = record?.steps.map(({ ms: _ms, parts, ...step }) => ({
    ...step,
    parts: parts.map(({ ms: _of, ...part }) => part),
  }));
  const { interventionRate, largeShare, handoffs, stopReason } = record ?? {};
  const figures = { interventionRate, largeShare, handoffs, stopReason };
  return { thought: additional_kwargs.reasoning_content, content, steps, figures, decisions };
}

async function byModel(routing: Routing) {
  const { router } = scriptedRouter({ small: { script }, large: { script } }, routing);
  const decisions: object[] = [];
  const handleCustomEvent = (_name: string, decision: object) => void decisions.push(decision);
  const message = await router.invoke("2+2?", { callbacks: [{ handleCustomEvent }] });
  return substance(message, decisions);
}

/** Each node by a graph of its own, as in another process; between any two the thought goes through JSON. */
async function byGraphs(routing: Routing) {
  const checkpointer = new MemorySaver();
  const decisions: object[] = [];
  for (let input: typeof INPUT | null = INPUT; ; input = null) {
    const interruptBefore = ["small", "large", "answer"] as const;
    const graph = glimpRouterGraph({ ...models(), checkpointer, interruptBefore, ...routing });
    for await (const item of await graph.stream(input, { ...THREAD, streamMode: "custom" })) {
      if (item.type !== "glimprouter_step") continue;
      const { type: _type, run_id: _run, langgraph_node: _node, ...decision } = item;
      decisions.push(decision);
    }
    const { next, values } = await graph.getState(THREAD);
    if (next.length === 0) return substance(values.messages.at(-1) as object, decisions);
    expect(values.thought.stream).toBeNull();
    const thought = JSON.parse(JSON.stringify(values.thought));
    expect(thought).toEqual(values.thought);
    await graph.updateState(THREAD, { thought });
  }
}

const POLICIES: readonly (() => RoutePolicy)[] = [
  () => random(0.5, 7),
  () => once(random(0.3, 2)),
  () => targetRate(0.4, { start: 0.5, gain: 0.3 }),
];

describe("a graph, node by node, writes the parts, record, text and decisions of the model's run", () => {
  // Every other one, with a policy each: LangGraph takes its time.
  const points = ALL_POINTS.filter((_, index) => index % 2 === 1);
  it.each(points.map((point, at) => [point.name, point, at] as const))(
    "at %s",
    async (...given) => {
      const [, glimpseAt, at] = given;
      const policy = POLICIES[at % POLICIES.length] as () => RoutePolicy;
      const routed = await byModel({ glimpseAt, policy: policy() });
      expect(await byGraphs({ glimpseAt, policy: policy() })).toEqual(routed);
    },
  );

  it("with a step that is given up inside, and a rest by large", async () => {
    const glimpseAt: GlimpsePoint = span({ after: "=", of: "number" });
    const policy: RoutePolicy = ({ occasion }, { step }) =>
      step === 1 ? (occasion === 1 ? "large" : "small") : { route: "large", until: "end" };
    const routed = await byModel({ glimpseAt, policy });
    expect(routed.steps?.map(({ parts }) => parts.map(({ route, from }) => [route, from]))).toEqual(
      [
        [
          ["small", 0],
          ["large", 25],
        ],
        [
          ["small", 0],
          ["large", 16],
        ],
        [["large", 0]],
        [["large", 0]],
      ],
    );
    expect(await byGraphs({ glimpseAt, policy })).toEqual(routed);
  });

  it("with a bound that is passed: the point passes in both", async () => {
    const glimpseAt = ALL_POINTS.find(({ name }) => name === "stepEnd:meanEntropy") as GlimpsePoint;
    const routing = { glimpseAt, policy: random(0.9, 1), maxHoldTokens: 3 };
    const routed = await byModel(routing);
    expect(routed.decisions).toEqual([]);
    expect(await byGraphs(routing)).toEqual(routed);
  });
});
