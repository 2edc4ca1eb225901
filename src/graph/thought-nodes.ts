import { AIMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { GlimpRouterError } from "../errors.js";
import { DRIFT_EVENT } from "../langchain/calibration/drift.js";
import type { ResolvedOptions } from "../langchain/options/chat-model-options.js";
import { checkCuts } from "../langchain/options/check-cuts.js";
import { checkMessages } from "../langchain/options/check-messages.js";
import { ReplyText } from "../langchain/output/reply-text.js";
import { ChunkWriter } from "../langchain/output/to-generation-chunk.js";
import { asidesOf } from "../langchain/reply/asides-of.js";
import { checkJudge } from "../langchain/reply/judge-of.js";
import { Lacking } from "../langchain/reply/lacking.js";
import type { RoutedModels, Writers } from "../langchain/reply/routed-models.js";
import { SetUpCheck } from "../langchain/reply/set-up-check.js";
import { toPublicError } from "../langchain/reply/to-public-error.js";
import { type Resuming, resumingOf } from "../langchain/resume/resuming.js";
import { tellCost } from "../langchain/tracing/tell-cost.js";
import { customTeller, type TellCustom } from "../langchain/tracing/tell-custom.js";
import { tellEvent } from "../langchain/tracing/tell-event.js";
import { beginThought } from "../router/begin-thought.js";
import type { RouteConfig } from "../router/route-config.js";
import type { RouteEvent } from "../router/route-event.js";
import { type RoutingRecord, routingRecord } from "../router/route-trace.js";
import { settlePolicies } from "../router/settle-policies.js";
import { type ThoughtState, thoughtText } from "../router/thought-state.js";
import { checkOpenings, checkThought, checkUnclosed } from "./check-state.js";
import type { GraphState } from "./graph-state.js";
import { hearWaiting, type TurnInput, takeTurn } from "./take-turn.js";

type State = typeof GraphState.State;
type Update = typeof GraphState.Update;

/** Name of the custom event of each piece of text. */
const TEXT_EVENT = "glimprouter_text";

/** What the graph's nodes do. One for each graph; a thought lives in the graph's state alone. */
export class ThoughtNodes {
  readonly #models: RoutedModels;
  readonly #options: ResolvedOptions;
  readonly #setUp: SetUpCheck;

  constructor(models: RoutedModels, options: ResolvedOptions) {
    this.#models = models;
    this.#options = options;
    this.#setUp = new SetUpCheck(models, options);
  }

  /** Renders the prompt for both models, and begins the thought. */
  readonly open = async (state: State, run: LangGraphRunnableConfig): Promise<Update> => {
    const { messages, resume } = state;
    const { thinking } = this.#options;
    let resuming: Resuming = {};
    try {
      run.signal?.throwIfAborted();
      checkMessages(messages);
      resuming = this.#resuming(messages, resume);
      const lacking = this.#lacking();
      const writers = await this.#models.writers(run.signal, lacking);
      const [openings] = await Promise.all([
        this.#models.open({ messages, thinking }, run.signal, { writers, lacking }),
        lacking.missing === undefined ? this.#setUp.check(tellerOf(run), run.signal) : undefined,
      ]);
      const input = await this.#turnInput({ messages, openings }, run, new ReplyText(), {
        writers,
        lacking,
      });
      const { missing } = lacking;
      const begun = beginThought({ ...input, left: resuming.resumed, missing });
      for (const event of begun.events) await input.tell(event);
      const thought = await hearWaiting(input, begun.state);
      return { openings, thought, ...(resume === null ? {} : { resume: null }) };
    } catch (error) {
      throw this.#publicError(error, run.signal, null, resuming);
    }
  };

  /** The turn of small or large. */
  readonly think = async (state: State, run: LangGraphRunnableConfig): Promise<Update> => ({
    thought: await this.#takeTurn(state, run, new ReplyText()),
  });

  /** The answer, and the message that the thought has led to. */
  readonly answer = async (state: State, run: LangGraphRunnableConfig): Promise<Update> => {
    const text = new ReplyText();
    // What a call that this graph goes on with has written of it.
    text.answer = state.thought?.answerText ?? "";
    const thought = await this.#takeTurn(state, run, text);
    settlePolicies(this.#options, thought);
    const drift = this.#options.calibrated?.drift.hear(thought.steps) ?? null;
    if (drift !== null) await tellerOf(run)(DRIFT_EVENT, drift);
    text.thought = thoughtText(thought);
    const chunks = new ChunkWriter({
      outputVersion: "v0",
      thinking: this.#options.thinking !== false,
    });
    const record = this.#recordOf(thought, state.openings);
    await tellCost(tellerOf(run), record);
    const { message } = chunks.wholeChunk(text, record);
    return { messages: [toMessage(message as AIMessage)], thought, openings: null };
  };

  async #takeTurn(
    state: State,
    run: LangGraphRunnableConfig,
    text: ReplyText,
  ): Promise<ThoughtState> {
    const { thought, openings } = state;
    if (thought === null || openings === null) {
      throw new GlimpRouterError(
        "The graph's state has no thought to go on with. Start at the beginning: `graph.invoke({ messages })`.",
        { reason: "invalid_input" },
      );
    }
    checkThought(thought);
    checkOpenings(openings);
    checkUnclosed("thought.thought", thoughtText(thought), this.#options.thinking);
    try {
      return await takeTurn(await this.#turnInput({ ...state, openings }, run, text), thought);
    } catch (error) {
      throw this.#publicError(error, run.signal, openings, this.#resuming(state.messages));
    }
  }

  async #turnInput(
    { messages, openings }: Pick<State, "messages"> & Pick<TurnInput, "openings">,
    run: LangGraphRunnableConfig,
    text: ReplyText,
    found?: { readonly writers: Writers; readonly lacking: Lacking },
  ): Promise<TurnInput> {
    const { signal } = run;
    const tellCustom = tellerOf(run);
    const tell = async (event: RouteEvent): Promise<void> => {
      text.add(event);
      tellText(run, event);
      await tellEvent(tellCustom, event);
    };
    const lacking = found?.lacking ?? this.#lacking();
    const writers = found?.writers ?? (await this.#models.writers(signal, lacking));
    const config = this.#config();
    const { verify, topLogprobs } = this.#options;
    if (lacking.missing === undefined) {
      checkCuts(writers, config.point);
      checkJudge(verify, writers);
    }
    const secrets = () => this.#models.secrets();
    const asides = asidesOf(this.#options, { messages, writers, openings, topLogprobs, secrets });
    return { config, writers, openings, signal, tell, ...asides };
  }

  /** What the pair may do without. */
  #lacking(): Lacking {
    return new Lacking((role) => this.#options.onFailure[role] === "other");
  }

  #publicError(
    error: unknown,
    signal: AbortSignal | undefined,
    openings: State["openings"],
    resuming: Resuming,
  ): GlimpRouterError {
    return toPublicError(error, signal, {
      recordOf: (state) => this.#recordOf(state, openings),
      secrets: () => this.#models.secrets(),
      ...resuming,
    });
  }

  /** @param resume - what the graph is to go on with */
  #resuming(messages: State["messages"], resume: State["resume"] = null): Resuming {
    const shape = { point: undefined, ...this.#options, answerIn: "text" } as const;
    return resumingOf(resume, messages, shape);
  }

  #config(): RouteConfig {
    const {
      continuation: _of,
      contextSize: _size,
      affinity: _where,
      continuationPriority: _when,
      threshold: _tau,
      calibrated: _file,
      deadline: _time,
      ...config
    } = this.#options;
    return { ...config, answerIn: "text", answerStop: this.#models.answerStop() };
  }

  #recordOf(thought: ThoughtState, openings: State["openings"]): RoutingRecord {
    const { thinking, answerBy, threshold, prices } = this.#options;
    return routingRecord(thought, {
      threshold,
      answerBy: thinking === false ? null : answerBy,
      openings: openings ?? null,
      prices,
    });
  }
}

/** To the graph's `custom` stream. */
function tellerOf({ writer, metadata }: LangGraphRunnableConfig): TellCustom {
  return customTeller(undefined, { writer, metadata });
}

/** To the same: who writes what, as it is written. */
function tellText({ writer }: LangGraphRunnableConfig, event: RouteEvent): void {
  if (event.type === "text-delta") {
    const { step, route, text } = event;
    writer?.({ type: TEXT_EVENT, part: "thought", step, route, text });
  }
  if (event.type === "answer-delta") {
    writer?.({ type: TEXT_EVENT, part: "answer", text: event.text });
  }
}

/** A whole message is kept in checkpoints, not a chunk of one. */
function toMessage(chunk: AIMessage): AIMessage {
  const { content, additional_kwargs, response_metadata, usage_metadata } = chunk;
  return new AIMessage({
    content,
    additional_kwargs,
    response_metadata,
    ...(usage_metadata === undefined ? {} : { usage_metadata }),
  });
}
