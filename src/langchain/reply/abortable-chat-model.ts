import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
} from "@langchain/core/language_models/chat_models";
import type { BaseMessageChunk } from "@langchain/core/messages";
import type { LLMResult } from "@langchain/core/outputs";
import { ensureConfig, type RunnableConfig } from "@langchain/core/runnables";
import { AsyncGeneratorWithSetup, IterableReadableStream } from "@langchain/core/utils/stream";
import { linkSignals } from "../../core/linked-signals.js";
import { callerSignal, hideSignal, isHidden } from "./caller-signal.js";
import { LeavableStream } from "./leavable-stream.js";

type StreamEvents = (
  this: BaseChatModel,
  input: BaseLanguageModelInput,
  options: (BaseChatModelCallOptions & { readonly version?: string }) | undefined,
  streamOptions: unknown,
) => unknown;

/** In versions 1 and 2 core aborts the stream below, too, when its reader leaves: with a signal of its own. */
const streamEvents: StreamEvents = function (this: BaseChatModel, input, options, streamOptions) {
  const given = options?.version === undefined ? options : hideSignal(ensureConfig(options));
  const ofCore = BaseChatModel.prototype.streamEvents as StreamEvents;
  return ofCore.call(this, input, given, streamOptions);
};

/**
 * A chat model whose own error reaches whoever aborts it, on each of its surfaces: core throws the bare reason of
 * the signal instead, as soon as it aborts. `invoke` is core's alone only where a handler wants to stream.
 */
export abstract class AbortableChatModel<
  CallOptions extends BaseChatModelCallOptions,
  Message extends BaseMessageChunk,
> extends BaseChatModel<CallOptions, Message> {
  static {
    // Not as an override, which would have to repeat core's seven signatures.
    AbortableChatModel.prototype.streamEvents = streamEvents as BaseChatModel["streamEvents"];
  }

  override async stream(
    input: BaseLanguageModelInput,
    options?: Partial<CallOptions>,
  ): Promise<IterableReadableStream<Message>> {
    const config = ensureConfig<CallOptions>(options as CallOptions);
    const isPlain = config.signal !== undefined && !isHidden(config);
    const generator = new AsyncGeneratorWithSetup<unknown, Message>({
      generator: this._streamIterator(input, config),
      config,
      // Core lets each read race with the signal that it finds: the caller's is ours to listen to.
      ...(isPlain ? { signal: new AbortController().signal } : {}),
    });
    await generator.setup;
    return IterableReadableStream.fromAsyncGenerator(generator as AsyncGenerator<Message>);
  }

  /** @ignore */
  override _streamIterator(
    input: BaseLanguageModelInput,
    options: Partial<CallOptions> = {},
  ): AsyncGenerator<Message> {
    const readers = isHidden(options) ? options.signal : undefined;
    const { signal, unlink } = linkSignals(callerSignal(options), readers);
    const hidden = hideSignal(options, signal);
    return new LeavableStream(
      (mark) => super._streamIterator(input, { ...hidden, ...mark }),
      signal,
      unlink,
    );
  }

  /** @ignore */
  override _generateUncached(
    messages: Parameters<BaseChatModel["_generateUncached"]>[0],
    parsedOptions: this["ParsedCallOptions"],
    config: RunnableConfig,
    started?: CallbackManagerForLLMRun[],
  ): Promise<LLMResult> {
    return super._generateUncached(messages, hideSignal(parsedOptions), config, started);
  }
}
