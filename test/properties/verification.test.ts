import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyToken } from "../../src/core/points/every-token.js";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { openers } from "../../src/core/points/openers.js";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { random } from "../../src/core/policies/random.js";
import type { Judge } from "../../src/router/judge-step.js";
import { likelihoodJudge } from "../../src/router/likelihood-judge.js";
import { CONFIG, drive, runOver } from "../router/run-thought.js";
import { ANSWER, cap, serving } from "./route-text.js";
import { type Serving, TextModel } from "./text-model.js";
import { TEXTS } from "./texts.js";

const POINTS: readonly (readonly [string, GlimpsePoint | undefined])[] = [
  ["the paper's point", undefined],
  ["openers", openers(["So", "Wait"])],
  ["span", span({ after: "=", of: "number" })],
  ["stepEnd", stepEnd("meanEntropy")],
  ["everyToken", everyToken({ turn: 3, cooldown: 2 })],
];

/** Rejects, accepts and fails in turn, by the step's text alone: it is asked by two drivers. */
const moody: Judge = async ({ step }) => {
  const mood = step.length % 4;
  if (mood === 0) throw new Error("no judgement");
  return { value: mood / 4 };
};

/** Who judges the steps of one model in both roles. */
const JUDGES = {
  moody: () => moody,
  likelihood: ({ writers, openings }: TextModel) =>
    likelihoodJudge("large", {
      writer: writers.large,
      opening: openings.large,
      maxContext: Number.POSITIVE_INFINITY,
    }),
} as const;

const BYTES_BEHIND = [
  { sizes: [0], entropies: [0.1], chunks: [3], keepStop: false },
  "moody",
  "always",
  "accept",
  1,
  512,
  0,
  undefined,
] as [Serving, "moody", "always", "accept", number, 512, number, undefined];

describe("rule 21 under verification: one model in both roles gives the unrouted text, whatever the judge says", () => {
  describe.each(POINTS)("%s", (_name, point) => {
    it.each(Object.entries(TEXTS))("%s", async (_text, text) => {
      await fc.assert(
        fc.asyncProperty(
          serving,
          fc.constantFrom("moody" as const, "likelihood" as const),
          fc.constantFrom("always" as const, "doubtful" as const),
          fc.constantFrom("accept" as const, "large" as const),
          cap,
          fc.constantFrom(2, 8, 512),
          fc.integer(),
          fc.constantFrom(undefined, 3, 64),
          async (given, by, when, onFailure, maxStepTokens, maxHoldTokens, seed, most) => {
            const ahead = most === undefined ? {} : { maxAheadTokens: most };
            const verify = { by, threshold: 0.4, when, onFailure, timeoutMs: 1000, ...ahead };
            const config = {
              ...CONFIG,
              ...(point && { point }),
              verify,
              maxStepTokens,
              maxHoldTokens,
              maxThoughtTokens: 100_000,
              policy: random(0.4, seed),
            };
            const whole = `${text}</think>\n\n${ANSWER}`;
            const models = () => {
              const model = new TextModel(whole, given);
              return Object.assign(model, { judge: JUDGES[by](model) });
            };
            const { thought, answer, record } = await runOver(models(), config);
            expect(thought + answer).toBe(text + ANSWER);
            const { small, large } = record.requests;
            expect(small + large).toBeLessThanOrEqual(2 * (large - 1) + 2);
            const driven = await drive(models(), { ...config, policy: random(0.4, seed) });
            expect(driven.state.thought).toBe(thought);
          },
        ),
        {
          numRuns: 8,
          // Bytes of a character behind a boundary, which wait with the step before it.
          examples: [BYTES_BEHIND],
        },
      );
    });
  });
});
