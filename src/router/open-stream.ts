import type { TextlessTokens } from "../core/align-tokens.js";
import type { Allowance } from "../core/thought-budget.js";
import type { ReportedUsage } from "./count-written.js";
import type { Role } from "./step-writer.js";

/**
 * What a request is for. `rest`: all further steps, by large. `turn`: a whole reply, asked for as a chat behind
 * one glimpse.
 */
export type Purpose = "fused" | "probe" | "step" | "rest" | "answer" | "turn";

/** The request that is being read. */
export interface OpenStream {
  readonly role: Role;
  readonly purpose: Purpose;
  readonly maxTokens: number;
  readonly limitedBy: Allowance["limitedBy"];
  /** Tokens of prompt and thought that it was given, as far as known. */
  readonly inputTokens: number;
  /** Tokens that the thought had when it was made. */
  readonly keptBefore: number;
  textless: TextlessTokens | null;
  /** Items of the writer's that were read, those without text or token included. */
  events: number;
  /** Tokens received, discarded ones included; at most `maxTokens`. */
  received: number;
  /** Tokens up to the last text that came, of a request that is counted as a whole. */
  spelled: number;
  /** All text came with its tokens listed, so `received` is no estimate. */
  listed: boolean;
  /** What the server reported for this request so far, as far as it can be believed. */
  usage: ReportedUsage | null;
  /** The end of what came, where it may be half a character: no text before more of it has come. */
  half: string;
  /** Tokens of a character that a limit cut in two: generated, and not kept. */
  textlessAtEnd: number;
  /** The step's text is complete; only the reply's end, with its usage, is awaited. */
  complete: boolean;
}
