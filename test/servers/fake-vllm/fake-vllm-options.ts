import type { TemplateName } from "../script/chat-templates.js";
import type { ScriptedModel } from "../script/scripted-model.js";

/** What can go wrong with one request. */
export type Fault =
  /** A web page, status 200. */
  | "html"
  /** Status 500. */
  | "server-error"
  /** The connection ends before a byte of the reply. */
  | "close-before-first-byte"
  /** Headers, then the connection ends. */
  | "close-after-headers"
  /** The connection ends behind the first chunk. */
  | "cut"
  /** An error object in a stream that began with 200, behind the first chunk. */
  | "error-in-stream"
  /** The stream ends in order, but says no finish_reason. */
  | "no-finish"
  /** finish_reason is "abort": the engine gave up. */
  | "finish-abort"
  /** Log-probabilities are left out, silently. */
  | "no-logprobs";

export interface FakeVllmOptions {
  readonly model: ScriptedModel;
  /** Default: "small". */
  readonly modelName?: string;
  /** Default: "plain". */
  readonly template?: TemplateName;
  /** Asked for on /v1 paths, as vLLM does. */
  readonly apiKey?: string;
  readonly maxModelLen?: number;
  /** A gateway that exposes /v1 alone. */
  readonly onlyV1?: boolean;
  /** `--max-logprobs`: candidates of a position, at most. Default: 20. */
  readonly maxLogprobs?: number;
  /** `--logprobs-mode processed_logprobs`: log-probabilities after temperature. */
  readonly processedLogprobs?: boolean;
  /** Thoughts come in `delta.reasoning`, their closing tag never. */
  readonly reasoningParser?: boolean;
  /** Tool calls in the text are parsed (Hermes), as with --enable-auto-tool-choice. */
  readonly toolParser?: boolean;
  /** Tokens of each chunk; a list is gone through again and again. Default: 1. */
  readonly tokensPerChunk?: number | readonly number[];
  readonly tokenDelayMs?: number;
  /** Before the reply begins (headers come at once on vLLM, and here, for streams). */
  readonly requestDelayMs?: number;
  /** Answers 418 to what a real server would silently get wrong. */
  readonly refuseViolations?: boolean;
}

/** What a real server answers with 200, and gets wrong. */
export type Violation = "double_bos" | "second_think" | "closed_thought" | "not_streamed";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The text that the model was given; `null` where it was not asked to write. */
  prompt: string | null;
  /** Tokens that went out. */
  tokensWritten: number;
  /** Tokens that went out after the client had closed. */
  tokensAfterAbort: number;
  aborted: boolean;
}
