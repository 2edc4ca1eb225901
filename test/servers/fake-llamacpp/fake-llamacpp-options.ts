import type { Fault } from "../http/fault.js";
import type { FakeServer } from "../http/start-fake.js";
import type { TemplateName } from "../script/chat-templates.js";
import type { ScriptedModel } from "../script/scripted-model.js";

/** What can go wrong with one request. */
export type LlamacppFault =
  | Exclude<Fault, "finish-abort">
  /** The connection ends in the middle of a line of the stream, in order. */
  | "cut-in-line";

export interface FakeLlamacppOptions {
  readonly model: ScriptedModel;
  /** Only a name: llama-server takes any other for it, and answers with this one. Default: "small.gguf". */
  readonly modelName?: string;
  /** Default: "plain". */
  readonly template?: TemplateName;
  /** `--api-key`: asked for on every path but /health. */
  readonly apiKey?: string;
  /** `-c`, of one slot. Default: 4096. */
  readonly contextSize?: number;
  /** `--reasoning-format`: how a chat reply shows its thought. Default: "auto", as in llama-server. */
  readonly reasoningFormat?: "auto" | "none";
  /** The template renders tools and calls. One that does not: nothing of them reaches the model, a call stays text. Default: true. */
  readonly knowsTools?: boolean;
  /** `-md` with `--spec-type draft-simple`: so many tokens of each run are a draft model's, only verified. Default: 0. */
  readonly draftedTokens?: number;
  readonly tokenDelayMs?: number;
  /** Before the first token (a stream's headers come with it). */
  readonly requestDelayMs?: number;
  /** Answers 418 to what a real server would silently get wrong. */
  readonly refuseViolations?: boolean;
}

/** What a real server answers with 200, and gets wrong. */
export type LlamacppViolation =
  /** The prompt has a BOS, and the server adds another. */
  | "double_bos"
  | "second_think"
  | "closed_thought"
  /** A closed connection is noticed once a second, or not at all. */
  | "not_streamed"
  /** Another model than was asked for. */
  | "other_model"
  /** The flags of a continuation with a user's message behind them: the user's text is gone on with. */
  | "user_continued"
  /** An empty message of the assistant's is gone on with: the prompt ends behind the user's, without a header. */
  | "no_header"
  /** Tools for a template that knows none. */
  | "unparsed_tools";

/** A running fake. */
export interface FakeLlamacpp extends FakeServer<LlamacppFault> {
  readonly violations: readonly LlamacppViolation[];
}
