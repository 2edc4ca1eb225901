import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import type {
  BaseChatModel,
  BaseChatModelParams,
  BindToolsInput,
  LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type {
  AIMessageChunk,
  BaseMessage,
  MessageContent,
  StandardMessageStructure,
} from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult, LLMResult } from "@langchain/core/outputs";
import type { Runnable, RunnableConfig } from "@langchain/core/runnables";
import { v7 } from "@langchain/core/utils/uuid";
import { linkSignals } from "../core/linked-signals.js";
import { textOfContent } from "../prompt/text-of-content.js";
import { VERSION } from "../version.js";
import {
  describeOptions,
  identifyCall,
  identifyRouter,
  langSmithParams,
} from "./identity/router-identity.js";
import { routerProfile } from "./identity/router-profile.js";
import { answerFields, type GlimpRouterCallOptions } from "./options/call-options.js";
import {
  type GlimpRouterOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./options/chat-model-options.js";
import { routingOfCall } from "./options/routing-options.js";
import {
  type OutputFields,
  type OutputSchema,
  structuredOutput,
} from "./options/structured-output.js";
import { MODEL_PROVIDER, registerContentBlocks } from "./output/content-blocks.js";
import { combinedOutput, llmOutput } from "./output/finish-reply.js";
import type { Reply } from "./output/reply-events.js";
import { ReplyText } from "./output/reply-text.js";
import { streamChunks } from "./output/stream-chunks.js";
import { ChunkWriter } from "./output/to-generation-chunk.js";
import { toStreamEvents } from "./output/to-stream-events.js";
import { AbortableChatModel } from "./reply/abortable-chat-model.js";
import { callerSignal } from "./reply/caller-signal.js";
import { readerLeft } from "./reply/leavable-stream.js";
import { ReplyListener } from "./reply/reply-listener.js";
import { RoutedModels } from "./reply/routed-models.js";
import { type ReplyCall, ReplyWriter } from "./reply/write-reply.js";
import { announcedRun, announceRun } from "./tracing/announced-run.js";

/** Constructor fields: the router's options and the usual ones of a LangChain chat model. */
export type GlimpRouterFields = GlimpRouterOptions & BaseChatModelParams;

/** What the router returns. */
export type GlimpRouterMessage = AIMessageChunk<StandardMessageStructure>;

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
export class GlimpRouterChatModel extends AbortableChatModel<
  GlimpRouterCallOptions,
  GlimpRouterMessage
> {
  static override lc_name(): string {
    return "GlimpRouterChatModel";
  }
  // A trace would hold both models in full otherwise.
  override lc_serializable = false;
  override lc_namespace = ["langchain-glimprouter", "chat_models"];

  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  readonly #options: ResolvedOptions;
  readonly #models: RoutedModels;
  readonly #replies: ReplyWriter;

  /** @throws GlimpRouterError `invalid_option` naming field, value and remedy */
  constructor(fields: GlimpRouterFields) {
    super(fields);
    this._addVersion("langchain-glimprouter", VERSION);
    this.#options = resolveOptions(fields);
    this.small = fields.small;
    this.large = fields.large;
    this.disableStreaming = fields.disableStreaming ?? false;
    this.#models = new RoutedModels(this, this.#options);
    this.#replies = new ReplyWriter(this.#models, this.#options);
    registerContentBlocks();
  }

  override _llmType(): string {
    return MODEL_PROVIDER;
  }

  override get profile(): ModelProfile {
    return routerProfile(this, this.#options, this.#models.contextSizes);
  }

  /**
   * Tokens of a text, the more of both models': by the tokenizer of a model in this process, else estimated (a
   * token for four bytes). Core's own method would fetch the tokenizer of another model.
   */
  override async getNumTokens(content: MessageContent): Promise<number> {
    return this.#models.countTokens(textOfContent(content));
  }

  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    return {
      ...describeOptions(this.#options),
      stop: options?.stop,
      ...answerFields(options ?? {}),
    };
  }

  override _identifyingParams(): Record<string, unknown> {
    return identifyRouter(this.#options, this);
  }

  override _getSerializedCacheKeyParametersForCall(options: this["ParsedCallOptions"]): string {
    return super._getSerializedCacheKeyParametersForCall(identifyCall(options));
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const answerer = this.#options.answerBy === "small" ? this.small : this.large;
    return langSmithParams(this.#options, answerer, options.stop);
  }

  /** What a trace shows of the options: frameworks put their own things there, and tools may hold keys. */
  protected override _getCallOptionsForTracing(
    options: this["ParsedCallOptions"],
  ): Record<string, unknown> {
    const { ls_structured_output_format } = options;
    return { ...identifyCall(options), ls_structured_output_format };
  }

  /** Binds tools. Both models see them while they think; only the answer may call one. */
  override bindTools(
    tools: BindToolsInput[],
    kwargs?: Partial<GlimpRouterCallOptions>,
  ): Runnable<BaseLanguageModelInput, GlimpRouterMessage, GlimpRouterCallOptions> {
    return this.withConfig({ ...kwargs, tools });
  }

  /** Structured output. The thought stays free; the embedded models know no response formats. */
  override withStructuredOutput<Output extends OutputFields = OutputFields>(
    schema: OutputSchema<Output>,
    config?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, Output>;
  override withStructuredOutput<Output extends OutputFields = OutputFields>(
    schema: OutputSchema<Output>,
    config?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }>;
  override withStructuredOutput(
    schema: OutputSchema,
    config?: StructuredOutputMethodOptions<boolean>,
  ): ReturnType<typeof structuredOutput> {
    return structuredOutput((options) => this.withConfig(options), schema, config);
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const reply = this.#reply({ messages, options, signal: callerSignal(options) }, runManager);
    const text = new ReplyText();
    for (let item = await reply.next(); ; item = await reply.next()) {
      if (item.done) {
        const whole = this.#chunks(options).wholeChunk(text, item.value);
        return { generations: [whole], llmOutput: llmOutput(item.value) };
      }
      text.add(item.value);
    }
  }

  override _combineLLMOutput(
    ...outputs: readonly LLMResult["llmOutput"][]
  ): LLMResult["llmOutput"] {
    return combinedOutput(outputs.map((output) => output ?? {}));
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const left = readerLeft(options);
    const { signal, unlink } = linkSignals(callerSignal(options), left);
    try {
      const reply = this.#reply({ messages, options, signal }, runManager, left);
      yield* streamChunks(reply, this.#chunks(options), runManager, left);
    } finally {
      unlink();
    }
  }

  override async *_streamChatModelEvents(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatModelStreamEvent> {
    const manager = runManager ?? announcedRun(options, this);
    const reply = this.#reply({ messages, options, signal: callerSignal(options) }, manager);
    yield* toStreamEvents(reply, this.#options.thinking !== false);
  }

  /** @ignore */
  override _generateUncached(
    messages: Parameters<BaseChatModel["_generateUncached"]>[0],
    parsedOptions: this["ParsedCallOptions"],
    config: RunnableConfig,
    started?: CallbackManagerForLLMRun[],
  ): Promise<LLMResult> {
    const runId = started?.[0]?.runId ?? config.runId ?? v7();
    const options = { ...parsedOptions, ...announceRun(runId, config) };
    return super._generateUncached(messages, options, { ...config, runId }, started);
  }

  #chunks(options: this["ParsedCallOptions"]): ChunkWriter {
    return new ChunkWriter({
      outputVersion: options.outputVersion ?? this.outputVersion ?? "v0",
      thinking: this.#options.thinking !== false,
    });
  }

  #reply(
    asked: Omit<ReplyCall, "routing" | "listener">,
    runManager: CallbackManagerForLLMRun | undefined,
    left?: AbortSignal,
  ): Reply {
    const { options, signal } = asked;
    const routing = routingOfCall(options, this.#options);
    const { threshold } = routing;
    const listener = new ReplyListener(runManager, { options, threshold, signal, left });
    return this.#replies.write({ ...asked, routing, listener });
  }
}
