import type { DecisionRecord, StepRecord } from "../../../src/index.js";
import { type Reply, recordOf } from "./reply-digest.js";

/** What two engines must agree on to the letter, wherever decisions fall. */
export interface PointDigest {
  readonly thought: string;
  readonly answer: string;
  readonly requests: Readonly<Record<"small" | "large", number>>;
  readonly steps: readonly ReturnType<typeof stepDigest>[];
}

export function pointDigest(reply: Reply): PointDigest {
  const { steps, requests } = recordOf(reply);
  return {
    thought: String(reply.additional_kwargs.reasoning_content ?? ""),
    answer: reply.text,
    requests,
    steps: steps.map(stepDigest),
  };
}

function stepDigest({ token, end, discarded, parts, decisions }: StepRecord) {
  return {
    token,
    end,
    discarded,
    // Where large closes the thought its request is given up, and its tokens are counted by their chunks.
    parts: parts.map(({ ms: _ms, tokens, ...part }) =>
      part.route === "small" ? { ...part, tokens } : part,
    ),
    // Of two decisions for small that are nearly alike, either may be the higher one.
    handOffs: decisions.filter(isHandOff).map(({ value: _value, ...decision }) => decision),
  };
}

function isHandOff({ route }: DecisionRecord): boolean {
  return route === "large";
}

/** What may differ by rounding, in each step: H_init, the values that handed over, the highest one. */
function valuesOf(reply: Reply): readonly number[] {
  return recordOf(reply).steps.flatMap(({ entropy, decisions }) => {
    const values = decisions.map(({ value }) => value ?? 0);
    const handOffs = decisions.filter(isHandOff).map(({ value }) => value ?? 0);
    return [entropy ?? 0, ...handOffs, ...(values.length === 0 ? [] : [Math.max(...values)])];
  });
}

/** Between two engines that took the same way. */
export function largestDifference(expected: readonly Reply[], received: readonly Reply[]): number {
  const others = received.map(valuesOf);
  const differences = expected.flatMap((reply, index) =>
    valuesOf(reply).map((value, place) => Math.abs(value - (others[index]?.[place] ?? Number.NaN))),
  );
  // A value that only one of them has makes it NaN.
  return Math.max(0, ...differences);
}
