import type { ThoughtShape } from "../thought-script.js";
import type { FaultOptions } from "./injected-faults.js";

export type ServedModel = "small" | "large";

/** How the bench server writes; sent to its process. */
export interface BenchServerOptions {
  readonly shape: ThoughtShape;
  readonly msPerToken: Readonly<Record<ServedModel, number>>;
  /** Before the first byte of every reply: network and prefill. */
  readonly msPerRequest: number;
  /** Absent: prompts cost nothing to read, and are not counted. */
  readonly prefill?: PrefillOptions;
  /** Absent: nothing goes wrong. */
  readonly faults?: FaultOptions;
}

/** Prompts are read token by token, those but that a prefix cache holds. What it held is told in `usage`. */
export interface PrefillOptions {
  /** Of both, or of each. */
  readonly msPerToken: number | Readonly<Record<ServedModel, number>>;
  /** Tokens of a block: the cache holds whole ones. */
  readonly block: number;
}

/** One request as the server saw it. */
export interface ServedRequest {
  /** Who asked, by a header of its own. */
  readonly client: string;
  readonly model: ServedModel;
  readonly path: string;
  /** Those of its prompt, and how many of them the cache held; 0 where they are not counted. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly tokensWritten: number;
  /** The client closed the stream before its end. */
  readonly aborted: boolean;
  /** Tokens written behind the one that ends a fused stream: a hard step's first, or the closing tag. */
  readonly tokensWasted: number;
  /** From the writing of that token to the end of the connection; `null` where there was none. */
  readonly msToAbort: number | null;
}

/** Header that names the client in the report. */
export const CLIENT_HEADER = "x-bench-client";

/** What the bench asks of the server's process. */
export type ServerOrder =
  | { readonly type: "configure"; readonly options: BenchServerOptions }
  | { readonly type: "report" };

/** What it answers; a report empties the list. */
export type ServerNote =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "configured" }
  | { readonly type: "report"; readonly requests: readonly ServedRequest[] };
