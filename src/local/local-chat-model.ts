import { basename } from "node:path";
import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelParams,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type {
  AIMessageChunk,
  BaseMessage,
  MessageContent,
  StandardMessageStructure,
} from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { GlimpRouterError } from "../errors.js";
import { CORE_FIELDS, requireKnownFields } from "../known-fields.js";
import { textOfContent } from "../prompt/text-of-content.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { STEP_WRITER, type StepWriter } from "../router/step-writer.js";
import {
  type CallDefaults,
  type ChatCall,
  callDefaults,
  type LocalChatModelCallOptions,
  settleCall,
} from "./chat-call.js";
import { draftFor, requireDraftName } from "./load-drafts.js";
import { loadEngine } from "./load-engine.js";
import type { LocalEngine } from "./local-engine.js";
import { LOCAL_MODEL_FIELDS, type LocalChatModelOptions } from "./local-model-options.js";
import { LocalWriter } from "./local-writer.js";
import { type PromptSettings, renderPrompt } from "./render-prompt.js";
import { mergeSampling, SAMPLING_DEFAULTS } from "./sampling-options.js";
import { type ChatTokenLogprob, chatLogprobs, endMessage, toChatChunk } from "./to-chat-chunk.js";
import { type TextWritten, writeText } from "./write-text.js";

/**
 * A chat model over a GGUF file, run in this process by `node-llama-cpp` (an optional peer:
 * `npm install node-llama-cpp`). It brings its own step writer, so a `GlimpRouterChatModel` continues its
 * thoughts as text, reads a glimpse only where one is due, and evaluates nothing twice.
 *
 * @example
 * ```ts
 * const model = await LocalChatModel.load({ model: "qwen3-0.6b-q8_0.gguf", temperature: 0.6 });
 * const reply = await model.invoke("Why is the sky blue?");
 * await model.dispose();
 * ```
 */
export class LocalChatModel extends BaseChatModel<
  LocalChatModelCallOptions,
  AIMessageChunk<StandardMessageStructure>
> {
  static override lc_name(): string {
    return "LocalChatModel";
  }

  override lc_serializable = false;
  override lc_namespace = ["langchain-glimprouter", "chat_models", "local"];
  /** Name of the model in metadata and traces. */
  readonly model: string;
  /** Goes on with this model's thoughts; see `StepWriter`. */
  readonly [STEP_WRITER]: StepWriter<ThoughtPrompt>;
  readonly #engine: LocalEngine;
  readonly #prompts: PromptSettings;
  readonly #defaults: CallDefaults;
  readonly #path: string;

  private constructor(
    engine: LocalEngine,
    path: string,
    options: LocalChatModelOptions,
    defaults: CallDefaults,
  ) {
    super(baseParams(options));
    this.#engine = engine;
    this.#path = path;
    this.#prompts = {
      chatTemplate: options.chatTemplate ?? null,
      templateKwargs: options.templateKwargs ?? {},
    };
    this.#defaults = defaults;
    this.model = options.modelName ?? basename(path, ".gguf");
    this[STEP_WRITER] = new LocalWriter(engine, this.#prompts, defaults.sampling);
  }

  /**
   * Loads a model; the file is downloaded first where `model` is an `hf:` URI or a URL.
   *
   * @throws GlimpRouterError `peer_missing` where node-llama-cpp is not installed; `local_model` where the
   * file is missing, no GGUF, or cannot be loaded; `invalid_option`, also for a `draft` with another vocabulary or a
   * smaller context
   */
  static async load(options: LocalChatModelOptions): Promise<LocalChatModel> {
    requireKnownFields(options, { owner: "LocalChatModel.load", known: LOCAL_MODEL_FIELDS });
    const defaults = callDefaults(options, mergeSampling(SAMPLING_DEFAULTS, options));
    const { draft } = options;
    const drafting = draft instanceof LocalChatModel ? draft.#engine : requireDraftName(draft);
    const { engine, path } = await loadEngine(options);
    if (drafting !== undefined) await draftFor(engine, drafting, options);
    return new LocalChatModel(engine, path, options, defaults);
  }

  /** Tokens that prompt and reply may have together, in each call. */
  get contextSize(): number {
    return this.#engine.contextSize;
  }

  /** Tokens evaluated since loading, generated ones included: what was cached is not in it. */
  get evaluatedTokens(): number {
    return this.#engine.evaluatedTokens;
  }

  override get profile(): ModelProfile {
    return { maxInputTokens: this.contextSize, imageInputs: false, toolCalling: false };
  }

  override _llmType(): string {
    return "local";
  }

  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    const { text, logprobs, topLogprobs } = settleCall(this.#defaults, options ?? {});
    const { temperature, topP, topK } = text.sampling;
    return {
      model: this.model,
      temperature,
      top_p: topP,
      top_k: topK,
      seed: options?.seed ?? this.#defaults.sampling.seed,
      max_tokens: options?.maxTokens ?? this.#defaults.maxTokens,
      stop: text.stop,
      logprobs,
      top_logprobs: topLogprobs,
    };
  }

  /** Part of the cache's key: two files, or two templates, must not share replies. */
  override _identifyingParams(): Record<string, unknown> {
    return { ...this.invocationParams(), path: this.#path, ...this.#prompts };
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const { text } = settleCall(this.#defaults, options);
    const maxTokens = options.maxTokens ?? this.#defaults.maxTokens;
    return {
      ls_provider: "local",
      ls_model_name: this.model,
      ls_model_type: "chat",
      ls_temperature: text.sampling.temperature,
      ...(maxTokens === null ? {} : { ls_max_tokens: maxTokens }),
      ...(text.stop.length === 0 ? {} : { ls_stop: [...text.stop] }),
    };
  }

  /** Tokens of a text by the model's own tokenizer; core's own method would fetch one of another model. */
  override async getNumTokens(content: MessageContent): Promise<number> {
    return this.#engine.countTokens(textOfContent(content));
  }

  /** Frees the model's memory. Calls that are under way fail at their next token. */
  async dispose(): Promise<void> {
    await this.#engine.dispose();
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
  ): Promise<ChatResult> {
    const call = settleCall(this.#defaults, options);
    const content: ChatTokenLogprob[] = [];
    let text = "";
    for await (const written of this.#write(messages, call, options.signal)) {
      if (written.type === "text") {
        text += written.text;
        content.push(...chatLogprobs(written.tokens, call));
        continue;
      }
      const message = endMessage(text, written, this.model);
      if (call.logprobs) message.response_metadata.logprobs = { content };
      const { input_tokens: promptTokens, output_tokens: completionTokens } = written.usage;
      const totalTokens = promptTokens + completionTokens;
      return {
        generations: [{ text, message }],
        llmOutput: { tokenUsage: { promptTokens, completionTokens, totalTokens } },
      };
    }
    throw new GlimpRouterError("The local model's text ended without a reason.", {
      reason: "stream_cut",
    });
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const call = settleCall(this.#defaults, options);
    for await (const written of this.#write(messages, call, options.signal)) {
      const chunk = toChatChunk(written, call, this.model);
      if (chunk === null) continue;
      yield chunk;
      await runManager?.handleLLMNewToken(
        chunk.text,
        { prompt: 0, completion: 0 },
        undefined,
        undefined,
        undefined,
        { chunk },
      );
    }
  }

  #write(
    messages: readonly BaseMessage[],
    call: ChatCall,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TextWritten, void, undefined> {
    ensureAnswerable(messages);
    const prompt = renderPrompt(this.#engine, this.#prompts, messages);
    return writeText(this.#engine, prompt, call.text, signal);
  }
}

function ensureAnswerable(messages: readonly BaseMessage[]): void {
  const last = messages.at(-1);
  if (last?.getType() !== "ai") return;
  throw new GlimpRouterError(
    `The last message is an AIMessage (${JSON.stringify(last.text.slice(0, 40))}), so there is nothing to answer: a chat template would close it and begin another one. Unfinished thoughts are continued as text, by a GlimpRouterChatModel.`,
    { reason: "invalid_input" },
  );
}

/** What core's constructor knows; the rest would end up in its `lc_kwargs`. */
function baseParams(options: LocalChatModelOptions): BaseChatModelParams {
  const isCores = ([field, value]: [string, unknown]) =>
    value !== undefined && CORE_FIELDS.includes(field);
  return Object.fromEntries(Object.entries(options).filter(isCores));
}
