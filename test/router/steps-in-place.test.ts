import { describe, expect, it } from "vitest";
import { entropyAbove } from "../../src/core/policies/entropy-above.js";
import { type NextRequest, nextRequest } from "../../src/router/next-request.js";
import { reduceThought } from "../../src/router/reduce-thought.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { Written } from "../../src/router/step-writer.js";
import { startThought, type ThoughtState } from "../../src/router/thought-state.js";

const CONFIG: RouteConfig = {
  policy: entropyAbove(1),
  glimpse: "fused",
  delimiter: "\n\n",
  thinking: { open: "<think>", close: "</think>" },
  answerBy: "large",
  topLogprobs: 2,
  maxStepTokens: 100,
  maxThoughtTokens: 100_000,
  maxAnswerTokens: 100,
  maxSteps: 10_000,
  maxHoldTokens: 512,
  answerStop: [],
};
const OPENING = { kind: "t", data: null, opensThought: true, promptTokens: 1, contextSize: null };
const SURE = [
  { token: "a", logprob: -1e-6 },
  { token: "b", logprob: -14 },
];

const text = (...tokens: readonly (readonly [string, typeof SURE])[]): Written => ({
  type: "text",
  text: tokens.map(([token]) => token).join(""),
  tokens: tokens.map(([token, top]) => ({ token, logprob: -1e-6, top })),
});

/** A thought whose first request is open. */
function opened(): ThoughtState {
  const state = startThought({ small: OPENING, large: OPENING });
  const request = nextRequest(CONFIG, state) as NextRequest;
  return reduceThought(CONFIG, state, { type: "request", request }, true).state;
}

describe("a driver that keeps no older state", () => {
  it("F16: gets the list of steps as it was, longer by one, not a copy for each of ten thousand", () => {
    let state = opened();
    const { steps } = state;
    for (let step = 1; step <= 1000; step++) {
      const written = text([`Step ${step}.\n\n`, SURE]);
      state = reduceThought(CONFIG, state, { type: "written", written, ms: 1 }, true).state;
      expect(state.steps).toBe(steps);
      expect(state.steps).toHaveLength(step);
      expect(state.steps.at(-1)).toMatchObject({ step, route: "small", tokens: 1 });
    }
  });

  it("still holds the state before an input that fails: no step of it, and none of its text", () => {
    const first = text(["One.\n\n", SURE]);
    const { state } = reduceThought(
      CONFIG,
      opened(),
      { type: "written", written: first, ms: 1 },
      true,
    );
    // The second step ends and the third begins in one token, which has no candidates.
    const written = text(["Two", SURE], [".\n\nThree", []]);
    expect(() => reduceThought(CONFIG, state, { type: "written", written, ms: 1 }, true)).toThrow(
      "no candidates",
    );
    expect(state.steps).toHaveLength(1);
    expect(state.thought).toBe("One.\n\n");
  });

  it("others keep theirs", () => {
    const before = opened();
    const written = text(["One.\n\n", SURE]);
    const { state } = reduceThought(CONFIG, before, { type: "written", written, ms: 1 });
    expect(before.steps).toHaveLength(0);
    expect(state.steps).toHaveLength(1);
  });
});
