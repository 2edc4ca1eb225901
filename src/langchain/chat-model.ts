import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BaseChatModelParams,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { openPrompts } from "../router/open-prompts.js";
import type { RouteConfig } from "../router/route-config.js";
import type { RouteEvent } from "../router/route-event.js";
import { routeThought } from "../router/route-thought.js";
import { type RoutingRecord, routingRecord } from "../router/route-trace.js";
import type { Opening, Role, StepWriter } from "../router/step-writer.js";
import type { ThoughtState } from "../router/thought-state.js";
import { stepWriterFor } from "../writers/step-writer-for.js";
import {
  type GlimpRouterOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./chat-model-options.js";
import { checkMessages } from "./check-messages.js";
import { MODEL_PROVIDER, registerContentBlocks } from "./content-blocks.js";
import { ChunkWriter } from "./to-generation-chunk.js";
import { toPublicError } from "./to-public-error.js";

/** Constructor fields: the router's options and the usual ones of a LangChain chat model. */
export interface GlimpRouterFields extends GlimpRouterOptions, BaseChatModelParams {}

/** Options of one call. `stop` applies to the answer. */
export interface GlimpRouterCallOptions extends BaseChatModelCallOptions {}

/**
 * Two chat models that share one chain of thought: at the start of every step the small one glimpses the
 * first token; where its entropy is low it writes the step, where it is high the large one does
 * (GlimpRouter, arXiv 2601.05110).
 *
 * `message.content` is the answer, `additional_kwargs.reasoning_content` the thought, and
 * `response_metadata.glimprouter` says who wrote what and why.
 *
 * @example
 * ```ts
 * const model = new GlimpRouterChatModel({
 *   small: new ChatOpenAI({ model: "small", configuration: { baseURL: "http://127.0.0.1:8101/v1" } }),
 *   large: new ChatOpenAI({ model: "large", configuration: { baseURL: "http://127.0.0.1:8102/v1" } }),
 * });
 * const message = await model.invoke("How many primes are there below 100?");
 * ```
 */
export class GlimpRouterChatModel extends BaseChatModel<GlimpRouterCallOptions, AIMessageChunk> {
  static override lc_name(): string {
    return "GlimpRouterChatModel";
  }
  // A trace would hold both models in full otherwise.
  override lc_serializable = false;
  override lc_namespace = ["langchain-glimprouter", "chat_models"];

  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  readonly #options: ResolvedOptions;
  #writers: Promise<Record<Role, StepWriter<ThoughtPrompt>>> | undefined;

  /** @throws GlimpRouterError `invalid_option` naming field, value and remedy */
  constructor(fields: GlimpRouterFields) {
    super(fields);
    this.#options = resolveOptions(fields);
    this.small = fields.small;
    this.large = fields.large;
    registerContentBlocks();
  }

  override _llmType(): string {
    return MODEL_PROVIDER;
  }

  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    const { policy: _policy, ...described } = this.#options;
    return { model: MODEL_PROVIDER, ...described, stop: options?.stop };
  }

  override _identifyingParams(): Record<string, unknown> {
    return {
      ...this.invocationParams(),
      small: { type: this.small._llmType(), ...this.small._identifyingParams() },
      large: { type: this.large._llmType(), ...this.large._identifyingParams() },
    };
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    return {
      ls_provider: MODEL_PROVIDER,
      ls_model_name: MODEL_PROVIDER,
      ls_model_type: "chat",
      ...(options.stop === undefined ? {} : { ls_stop: options.stop }),
    };
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const reply = this.#reply(messages, options);
    const text = { thought: "", answer: "" };
    for (let item = await reply.next(); ; item = await reply.next()) {
      if (item.done) return { generations: [this.#chunks(options).wholeChunk(text, item.value)] };
      if (item.value.type === "text-delta") text.thought += item.value.text;
      if (item.value.type === "answer-delta") text.answer += item.value.text;
      await tellDecision(item.value, runManager);
    }
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const chunks = this.#chunks(options);
    const reply = this.#reply(messages, options);
    try {
      for (let item = await reply.next(); ; item = await reply.next()) {
        const chunk = item.done ? chunks.lastChunk(item.value) : chunks.chunkOf(item.value);
        if (chunk !== null) {
          yield chunk;
          await tellToken(chunk, runManager);
        }
        if (item.done) return;
        await tellDecision(item.value, runManager);
      }
    } finally {
      // A consumer may stop reading: the request under way must not go on without it.
      await reply.return(undefined as never);
    }
  }

  #chunks(options: this["ParsedCallOptions"]): ChunkWriter {
    return new ChunkWriter({
      outputVersion: options.outputVersion ?? this.outputVersion ?? "v0",
      thinking: this.#options.thinking !== false,
    });
  }

  /** One reply: its events as they happen, and its record at the end. */
  async *#reply(
    messages: readonly BaseMessage[],
    { signal, stop }: this["ParsedCallOptions"],
  ): AsyncGenerator<RouteEvent, RoutingRecord, void> {
    const { thinking, continuation, contextSize, threshold, ...limits } = this.#options;
    let kinds: Record<Role, string> = { small: "", large: "" };
    const recordOf = (state: ThoughtState) =>
      routingRecord(state, {
        threshold,
        answerBy: thinking === false ? null : limits.answerBy,
        continuation: kinds,
      });
    try {
      checkMessages(messages);
      signal?.throwIfAborted();
      const writers = await this.#stepWriters();
      const opened = await openPrompts(writers, { messages, thinking }, signal);
      const openings = withContextSize(opened, contextSize);
      kinds = { small: openings.small.kind, large: openings.large.kind };
      const answerStop = stop ?? stopOf(limits.answerBy === "small" ? this.small : this.large);
      const config: RouteConfig = { ...limits, thinking, answerStop };
      const state = yield* routeThought({ config, writers, openings, signal, now });
      return recordOf(state);
    } catch (error) {
      throw toPublicError(error, signal, recordOf);
    }
  }

  /** Asks the servers what they are, once; a failure is asked again. */
  #stepWriters(): Promise<Record<Role, StepWriter<ThoughtPrompt>>> {
    const { continuation } = this.#options;
    this.#writers ??= Promise.all([
      stepWriterFor(this.small, continuation.small, "small"),
      stepWriterFor(this.large, continuation.large, "large"),
    ]).then(
      ([small, large]) => ({ small, large }),
      (error: unknown) => {
        this.#writers = undefined;
        throw error;
      },
    );
    return this.#writers;
  }
}

async function tellToken(
  chunk: ChatGenerationChunk,
  runManager: CallbackManagerForLLMRun | undefined,
): Promise<void> {
  await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, {
    chunk,
  });
}

/** Each decision as a custom event: who writes the step that begins, and why. */
async function tellDecision(
  event: RouteEvent,
  runManager: CallbackManagerForLLMRun | undefined,
): Promise<void> {
  if (event.type !== "route-decided") return;
  const { type: _type, ...decision } = event;
  await runManager?.handleCustomEvent("glimprouter_step", decision);
}

const now = (): number => performance.now();

/** An option of ours wins over what a server tells: it may serve less than it could. */
function withContextSize(
  openings: Readonly<Record<Role, Opening>>,
  given: ResolvedOptions["contextSize"],
): Record<Role, Opening> {
  const sized = (role: Role): Opening => ({
    ...openings[role],
    contextSize: given[role] ?? openings[role].contextSize,
  });
  return { small: sized("small"), large: sized("large") };
}

/** Stop strings that a model was configured with; chat models name the field in two ways. */
function stopOf(model: BaseChatModel): readonly string[] {
  const { stop, stopSequences } = model as { stop?: unknown; stopSequences?: unknown };
  const given = stop ?? stopSequences;
  return Array.isArray(given) ? given.filter((text) => typeof text === "string") : [];
}
