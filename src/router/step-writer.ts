import type { Json } from "../core/json.js";
import type { TokenLogprobs } from "../core/token-distribution.js";
import type { Speculation } from "./speculation.js";

export type Role = "small" | "large";

export const ROLES: readonly Role[] = ["small", "large"];

export function otherRole(role: Role): Role {
  return role === "small" ? "large" : "small";
}

export type { Json };

/**
 * Tokens of one request, as its server reports them. What cannot be (no whole number, more than was asked
 * for) is not believed: the router counts for itself then.
 */
export interface TokenUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Those of `output_tokens` that are no part of the text: a model's own reasoning. @defaultValue 0 */
  readonly reasoning_tokens?: number;
  /** Those of `input_tokens` that came from a prefix cache; absent where the server does not tell. */
  readonly cached_tokens?: number | undefined;
  /** Tokens that were written ahead for this request; absent where the server does not tell, or none were. */
  readonly speculation?: Speculation;
}

/** What keeps all requests of a conversation at one replica, where a balancer routes by a header. */
export interface Affinity {
  /** The header's name. */
  readonly header: string;
  /** The conversation's id: the header's value. */
  readonly id: string;
}

/** A prompt that was rendered once for one model; everything that later requests of the reply need. */
export interface Opening {
  readonly kind: string;
  readonly data: Json;
  /** True where the prompt's template opens the thought itself. */
  readonly opensThought: boolean;
  /** Tokens of the rendered prompt, an opening tag of ours behind it included; `null` where nobody tells. */
  readonly promptTokens: number | null;
  /** Those of `promptTokens` that are for a tag of ours: no part of the caller's prompt. @defaultValue 0 */
  readonly tagTokens?: number;
  /** Tokens that prompt and reply may have together, `null` where nobody tells. */
  readonly contextSize: number | null;
  /** Sent with every request of the reply. The router sets it; a writer need not. */
  readonly affinity?: Affinity;
}

export interface WriteOptions {
  /** The most tokens to generate, 1 or more. */
  readonly maxTokens: number;
  /** Strings that end the generation. The writer may leave the matched one in the text or drop it. */
  readonly stop?: readonly string[];
  /** How many candidates to report for each generated token; 0: none are needed. */
  readonly topLogprobs: number;
  /** 0 for a greedy probe; absent: as the user's model is configured. */
  readonly temperature?: 0;
  /**
   * Set where the reply starts steps of its own (a fused stream). A writer that pays for candidates reports
   * them only where a glimpse is due (`isGlimpseDue`); one that gets them for free reports them everywhere.
   */
  readonly glimpseAt?: {
    readonly delimiter: string;
    /** The tag that opens a thought; a model may write it once more before its first step. */
    readonly openTag: string | null;
    /**
     * Set where tokens inside a step may count, too: does the first one? Of each further one the reader says so
     * when it asks for it, as the value of `next(wanted)`. A writer that cannot hear it reports candidates
     * everywhere.
     */
    readonly firstWanted?: boolean;
  };
}

/**
 * Are the next token's candidates wanted? A function: if its text says so. `undefined`: where the writer finds a
 * glimpse to be due.
 */
export type CandidatesWanted = boolean | ((text: string) => boolean) | undefined;

export interface AnswerOptions {
  readonly maxTokens: number;
  readonly stop?: readonly string[];
}

/** What a writer yields. A stream that ends without an `end` was cut; so was one whose error says so (`markCut`). */
export type Written =
  | {
      readonly type: "text";
      readonly text: string;
      readonly tokens: readonly TokenLogprobs[];
      /** Running totals of this request, where the server sends them (an aborted stream gives no others). */
      readonly usage?: TokenUsage;
      /** Words came that are not told, or not yet: the model is not silent. */
      readonly withheld?: true;
    }
  | {
      readonly type: "end";
      /** `stop`: one of our stop strings; `eos`: the model ended by itself; `length`: a token limit. */
      readonly reason: "stop" | "eos" | "length";
      readonly usage?: TokenUsage;
      /** Tokens of the usage that begin a character which the limit cut in two: they have no text. */
      readonly textless?: number;
    };

/** What an answer yields that is asked for as a chat: text, and parts that only the chat model reads. */
export type Answered<Part> =
  | Written
  | {
      readonly type: "part";
      /** Plain data, such as a piece of a tool call. */
      readonly part: Part;
      readonly usage?: TokenUsage;
    }
  | { readonly type: "end"; readonly reason: "tool_calls"; readonly usage?: TokenUsage };

/** A text that was given, in the tokens of the model that read it. */
export interface ScoredText {
  /** Each with its log-probability behind all that stands before it, in nats; `top` where it was asked for. */
  readonly tokens: readonly TokenLogprobs[];
  readonly usage?: TokenUsage;
}

/**
 * The port: one way to make a model go on with an unfinished thought. All arguments but the signal are
 * data, so that another process can go on from them.
 */
export interface StepWriter<Prompt = unknown, Part = unknown> {
  /** Named in every reply's metadata: `"vllm"`, `"local"`, `"ask"`, ... */
  readonly kind: string;
  /**
   * How a stream of this writer's that was cut is gone on with, and how often in one reply: as the model's own `maxRetries`
   * says. `text`: behind the last token that was kept, with the very text. `prompt`: the model is asked to go on;
   * an answer is asked for again only where nothing of it was there. Absent: a cut is an error.
   */
  readonly resumption?: { readonly by: "text" | "prompt"; readonly retries: number };
  /** How many tokens a text has, where the model's own tokenizer is at hand: never by a request. */
  countTokens?(text: string): number;
  /** Renders the prompt, once per reply. */
  open(prompt: Prompt, signal?: AbortSignal): Promise<Opening>;
  /** Goes on behind prompt, opening tag and `thought` (which may be closed: then this is the answer). */
  write(
    from: Opening,
    thought: string,
    how: WriteOptions,
    signal?: AbortSignal,
  ): AsyncIterable<Written>;
  /**
   * How likely is a given text behind a thought? Nothing is written: one token at most, which is thrown away. The text's tokens are
   * those that the model's tokenizer makes of both together, from where they differ from those of the thought alone: a
   * token that holds the thought's end and the text's beginning is the text's.
   */
  scorePrompt?(
    from: Opening,
    thought: string,
    text: string,
    how: { readonly topLogprobs: number },
    signal?: AbortSignal,
  ): Promise<ScoredText>;
  /** `scorePrompt` reads prompt and thought anew each time, whatever is cached: its price grows with them. */
  readonly scoresAnew?: boolean;
  /**
   * A model that cannot go on with a rating line is asked for its rating of the thought's last step: its reply is a
   * digit, 0 to 9, with candidates where it tells them.
   */
  rate?(
    from: Opening,
    thought: string,
    how: { readonly topLogprobs: number },
    signal?: AbortSignal,
  ): AsyncIterable<Written>;
  /**
   * Has the server read prompt and thought, and keep them in its prefix cache: nothing is wanted but that. Asked while the
   * other model writes, and aborted when this one is asked for text. It tries once, and waits for nobody. Absent: there
   * is nothing to be gained.
   *
   * @returns `null`: not now, and nothing was sent; else the server's report, `undefined` where it gives none. A rejection
   * by an `AbortError` is no failure: it was given up for more important work
   */
  warm?(
    from: Opening,
    thought: string,
    signal: AbortSignal,
  ): Promise<TokenUsage | undefined> | null;
  /**
   * What text cannot do: an answer with tools or a response format.
   * @param thought - complete, without closing tag; `""` where the whole reply is asked for
   */
  answer?(
    from: Opening,
    prompt: Prompt,
    thought: string,
    how: AnswerOptions,
    signal?: AbortSignal,
  ): AsyncIterable<Answered<Part>>;
}

/** A model that brings its own writer has it under this key. */
export const STEP_WRITER: unique symbol = Symbol.for("langchain-glimprouter.stepWriter") as never;
