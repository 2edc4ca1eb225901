import { invalidOption } from "./invalid-option.js";

/** How long a reply may take, in milliseconds. Waiting in a queue of the models' own (`maxConcurrency`) is no silence. */
export interface TimeOptions {
  /**
   * How long a server may take to a stream's first token; then the stream counts as cut, and is opened again within the
   * model's `maxRetries`. Not for local and prompted models: these evaluate the prompt here, or think before they write.
   * @defaultValue 300000
   */
  readonly firstTokenTimeoutMs?: number | undefined;
  /**
   * How long may lie between two tokens of a stream; likewise. Blanks, empty events and keep-alives alone are silence.
   * @defaultValue 60000
   */
  readonly stallTimeoutMs?: number | undefined;
  /** How long the whole reply may take, from the call on. @defaultValue none */
  readonly deadlineMs?: number | undefined;
  /**
   * What becomes of a reply at its deadline. `"throw"`: it is aborted, by a `TimeoutError` with the thought so far.
   * `"answer"`: the thought is closed where it stands (`stopReason: "deadline"`), and the answer is written, which may
   * exceed it. Not with `thinking: false`, where there is no answer behind the steps.
   * @defaultValue "throw"
   */
  readonly onDeadline?: "throw" | "answer" | undefined;
}

export const MS_REMEDY = "Give a whole number of milliseconds, 1 to 2147483647.";

/** More than a timer can hold it takes as none at all. */
export const MOST_MS = 2 ** 31 - 1;

export interface ResolvedTime {
  readonly firstTokenTimeoutMs: number;
  readonly stallTimeoutMs: number;
  readonly deadline: { readonly ms: number; readonly closes: boolean } | null;
}

/** @throws GlimpRouterError `invalid_option` where the two do not go together */
export function resolveTime(
  { firstTokenTimeoutMs = 300_000, stallTimeoutMs = 60_000, deadlineMs, onDeadline }: TimeOptions,
  thinking: unknown,
): ResolvedTime {
  const closes = onDeadline === "answer";
  if (closes && deadlineMs === undefined) {
    throw invalidOption("onDeadline", onDeadline, "Give `deadlineMs`, too.");
  }
  if (closes && thinking === false) {
    throw invalidOption(
      "onDeadline",
      onDeadline,
      'With `thinking: false` there is no answer behind the steps. Leave it out, or give "throw".',
    );
  }
  const deadline = deadlineMs === undefined ? null : { ms: deadlineMs, closes };
  return { firstTokenTimeoutMs, stallTimeoutMs, deadline };
}
