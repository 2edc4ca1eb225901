import type { Speculation } from "../../router/speculation.js";

/** Where servers tell of tokens that were written ahead, beside `usage`. */
export interface BesideUsage {
  /** vLLM's with `--per-request-spec-decode-metrics`, on the last chunk of a stream alone. */
  readonly metrics?: unknown;
  /** llama.cpp's; without these counts where nothing was drafted. */
  readonly timings?: unknown;
}

/** `null` where neither tells, or in another form: vLLM calls its own experimental. What it means is not guessed at. */
export function readSpeculation({ metrics, timings }: BesideUsage): Speculation | null {
  const { speculative_decoding } = recordIn(metrics);
  const { num_draft_tokens, num_accepted_draft_tokens } = recordIn(speculative_decoding);
  const { draft_n, draft_n_accepted } = recordIn(timings);
  return toldBy(num_draft_tokens, num_accepted_draft_tokens) ?? toldBy(draft_n, draft_n_accepted);
}

function toldBy(drafted: unknown, accepted: unknown): Speculation | null {
  if (!isCount(drafted) || !isCount(accepted) || accepted > drafted) return null;
  return { drafted, accepted };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Asked for each token of a server that tells the usage with each: not made anew. */
const NOTHING: Readonly<Record<string, unknown>> = {};

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as typeof NOTHING) : NOTHING;
}
