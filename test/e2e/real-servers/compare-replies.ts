import type { ReplyDigest } from "./reply-digest.js";

/** Where a reply of the servers is not the reply of the in-process engine. */
export interface Difference {
  readonly prompt: string;
  readonly what: "route" | "entropy" | "text";
  readonly expected: string;
  readonly received: string;
  /** Why real engines may differ here; `null`: they may not. */
  readonly because: string | null;
}

/** The engines compute on F16 weights (in-process) and F32 weights (vLLM): their digits differ, decisions do not. */
const ENTROPY_TOLERANCE = 1e-2;

interface Compared {
  readonly prompt: string;
  readonly expected: ReplyDigest;
  readonly received: ReplyDigest;
}

/** The first difference of a reply, `null` where there is none: what follows it is another chain. */
export function firstDifference(compared: Compared, threshold: number): Difference | null {
  const { prompt, expected, received } = compared;
  const steps = Math.max(expected.steps.length, received.steps.length);
  for (let index = 0; index < steps; index++) {
    const found = stepDifference(compared, index, threshold);
    if (found !== null) return { prompt, ...found };
  }
  const whole = ({ thought, answer }: ReplyDigest) => JSON.stringify({ thought, answer });
  if (whole(expected) === whole(received)) return null;
  const texts = { expected: whole(expected), received: whole(received) };
  return { prompt, what: "text", ...texts, because: null };
}

function stepDifference(
  { expected, received }: Compared,
  index: number,
  threshold: number,
): Omit<Difference, "prompt"> | null {
  const ours = expected.steps[index];
  const theirs = received.steps[index];
  const show = { expected: JSON.stringify(ours), received: JSON.stringify(theirs) };
  const close =
    ours !== undefined && theirs !== undefined && nearlyEqual(ours.entropy, theirs.entropy);
  if (ours?.route !== theirs?.route) {
    const because = close ? `both are within the tolerance of the threshold ${threshold}` : null;
    return { what: "route", ...show, because };
  }
  return close ? null : { what: "entropy", ...show, because: null };
}

function nearlyEqual(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) <= ENTROPY_TOLERANCE;
}

/** The largest difference in H_init between replies with the same steps. */
export function largestEntropyDifference(
  expected: readonly ReplyDigest[],
  received: readonly ReplyDigest[],
): number {
  const differences = expected.flatMap(({ steps }, reply) =>
    steps.map(({ entropy }, step) => {
      const other = received[reply]?.steps[step]?.entropy ?? null;
      return entropy === null || other === null ? 0 : Math.abs(entropy - other);
    }),
  );
  return Math.max(0, ...differences);
}
