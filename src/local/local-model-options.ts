import type { BaseChatModelParams } from "@langchain/core/language_models/chat_models";
import { CORE_FIELDS } from "../known-fields.js";
import type { Gpu } from "./engine-peer.js";
import type { LocalChatModel } from "./local-chat-model.js";

/** How tokens are chosen and reported; options of the model, and of every call. */
export interface LocalSamplingOptions {
  /** The most tokens to generate. Default: what the context has room for. */
  readonly maxTokens?: number;
  /** 0 (the default): always the likeliest token. */
  readonly temperature?: number;
  /** Keeps the fewest tokens that have this probability together. Default: 0.95. */
  readonly topP?: number;
  /** Keeps so many of the likeliest tokens; 0 keeps all, which is slow. Default: 40. */
  readonly topK?: number;
  /** The same seed gives the same text. Default: another one for every call. */
  readonly seed?: number;
  /** Strings that end the text; they are left out. */
  readonly stop?: readonly string[];
  /** Reports each token's log-probability (nats, before temperature and cuts). Default: `false`. */
  readonly logprobs?: boolean;
  /** With `logprobs`: so many candidates for each token. Default: 0. */
  readonly topLogprobs?: number;
}

/** How far loading has come. */
export interface LoadProgress {
  readonly phase: "download" | "load";
  /** Share of the phase that is done, 0 to 1. */
  readonly progress: number;
  /** Bytes, while downloading. */
  readonly downloadedBytes?: number;
  readonly totalBytes?: number;
}

/** What `LocalChatModel.load` takes. */
export interface LocalChatModelOptions
  extends Omit<BaseChatModelParams, "disableStreaming">,
    LocalSamplingOptions {
  /** A GGUF file: a path, a `file:` URL, `hf:user/repository/file.gguf` (or `hf:user/repository:Q4_K_M`), or a URL. */
  readonly model: string;
  /** Name in metadata and traces. Default: the file's name without `.gguf`. */
  readonly modelName?: string;
  /** Where downloads are kept. Default: node-llama-cpp's own folder in the home directory. */
  readonly directory?: string;
  /** Jinja chat template. Default: the one in the file. */
  readonly chatTemplate?: string;
  /** Variables of the chat template, as `{ enable_thinking: true }`. */
  readonly templateKwargs?: Readonly<Record<string, unknown>>;
  /** Tokens that prompt and reply may have together, in each call. Default: 8192, or what the model was trained on if that is less. */
  readonly contextSize?: number;
  /** Calls that may run at once; more wait in line. Each has a cache of `contextSize` tokens of its own. Default: 4. */
  readonly sequences?: number;
  /** CPU threads. Default: 1 for a model of up to 100 MB, else node-llama-cpp's choice (the machine's cores). */
  readonly threads?: number;
  /** Where layers are computed. Default: `"auto"`, the best that is there. */
  readonly gpu?: Gpu;
  /** Layers on the GPU. Default: as many as fit. */
  readonly gpuLayers?: number;
  /**
   * What writes ahead of this model, so that it judges several tokens at once (speculative decoding): a smaller model of the
   * same vocabulary, loaded already (as a router's `small`) or to be loaded from a file, and disposed of with this one;
   * or `"lookup"`: the text's own repetitions. It changes no text and no distribution; where log-probabilities are wanted,
   * it rests. Default: nothing.
   */
  readonly draft?: LocalChatModel | "lookup" | (string & {});
  /** Called while the file is downloaded and loaded. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Ends loading. */
  readonly signal?: AbortSignal;
}

/** Core's fields stand in `known-fields.ts`. */
type OwnField = Exclude<keyof LocalChatModelOptions, keyof BaseChatModelParams>;

const OWN_FIELDS: Readonly<Record<OwnField, true>> = {
  model: true,
  modelName: true,
  directory: true,
  chatTemplate: true,
  templateKwargs: true,
  contextSize: true,
  sequences: true,
  threads: true,
  gpu: true,
  gpuLayers: true,
  draft: true,
  onProgress: true,
  signal: true,
  maxTokens: true,
  temperature: true,
  topP: true,
  topK: true,
  seed: true,
  stop: true,
  logprobs: true,
  topLogprobs: true,
};

/** The names of the options. */
export const LOCAL_MODEL_FIELDS: readonly string[] = [
  ...Object.keys(OWN_FIELDS),
  ...CORE_FIELDS.filter((field) => field !== "disableStreaming"),
];
