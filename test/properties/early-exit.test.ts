import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerEntropy } from "../../src/core/early-exit/answer-entropy.js";
import { closeMargin } from "../../src/core/early-exit/close-margin.js";
import { everyToken } from "../../src/core/points/every-token.js";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { once } from "../../src/core/policies/once.js";
import { random } from "../../src/core/policies/random.js";
import type { Opening, Role, StepWriter, Written } from "../../src/router/step-writer.js";
import { CONFIG, drive, runOver } from "../router/run-thought.js";
import { listed } from "../router/tokens.js";
import { ANSWER, cap, serving } from "./route-text.js";
import { type Serving, TextModel } from "./text-model.js";
import { TEXTS } from "./texts.js";

const CLOSE = "</think>";

const RULES = [
  ["closeMargin", closeMargin(2)],
  ["answerEntropy", answerEntropy({ delta: 0.1, warmUp: 2, alpha: 0.5 })],
  ["answerEntropy, every second boundary", answerEntropy({ every: 2, delta: 0.1, warmUp: 1 })],
] as const;

const POINTS: readonly (GlimpsePoint | undefined)[] = [
  undefined,
  span({ after: "=", of: "number" }),
  stepEnd("meanEntropy"),
  everyToken({ turn: 3, cooldown: 2 }),
];

/** One model in both roles that answers behind any closed thought; the closing tag is among its candidates. */
function closable(text: string, given: Serving) {
  const model = new TextModel(`${text}${CLOSE}\n\n${ANSWER}`, given);
  const write: StepWriter["write"] = async function* (from: Opening, thought, how, signal) {
    if (!thought.includes(CLOSE)) {
      for await (const written of model.writers.small.write(from, thought, how, signal)) {
        yield withTag(written);
      }
    } else if (how.topLogprobs > 0) {
      expect(how.maxTokens).toBe(1);
      const entropy = given.entropies[thought.length % given.entropies.length] ?? 0;
      yield { type: "text", text: "  The", tokens: [listed("  The", entropy)] };
      yield { type: "end", reason: "length" };
    } else {
      yield { type: "text", text: ANSWER, tokens: [] };
      yield { type: "end", reason: "eos" };
    }
  };
  const writer = { ...model.writers.small, write };
  const writers: Readonly<Record<Role, StepWriter>> = { small: writer, large: writer };
  return { writers, openings: model.openings };
}

function withTag(written: Written): Written {
  if (written.type !== "text") return written;
  const tokens = written.tokens.map((token) => ({
    ...token,
    top: token.top.map((each, index) => (index === 1 ? { ...each, token: CLOSE } : each)),
  }));
  return { ...written, tokens };
}

describe("a thought that is closed early: never inside a step, always answered, in any chunks, resumed at any token", () => {
  describe.each(RULES)("%s", (_rule, closeWhen) => {
    it.each(Object.entries(TEXTS))("%s", async (_text, text) => {
      await fc.assert(
        fc.asyncProperty(
          serving,
          fc.constantFrom(...POINTS),
          fc.constantFrom("fused" as const, "probe" as const),
          cap,
          fc.constantFrom(0, 10),
          fc.boolean(),
          fc.integer(),
          async (given, point, glimpse, maxStepTokens, minThoughtTokens, isOnce, seed) => {
            const configOf = () => ({
              ...CONFIG,
              closeWhen,
              minThoughtTokens,
              maxStepTokens,
              maxThoughtTokens: 100_000,
              ...(point === undefined ? { glimpse } : { point }),
              policy: isOnce ? once(random(0.3, seed)) : random(0.4, seed),
            });
            const { thought, answer, record } = await runOver(closable(text, given), configOf());
            expect(answer).toBe(ANSWER);
            expect(text.startsWith(thought)).toBe(true);
            expect(record.stopReason === "early-exit" || thought === text).toBe(true);
            const blanks = thought.slice(thought.trimEnd().length);
            if (thought !== text) expect(blanks).toContain("\n\n");
            const { small, large } = record.requests;
            if (glimpse === "fused" || point !== undefined) {
              expect(small + large).toBeLessThanOrEqual(2 * (large - 1) + 2);
            }
            const driven = await drive(closable(text, given), configOf());
            expect(driven.state.thought).toBe(thought);
            // What comes without log-probabilities is counted by its events (rule 15): chunks tell how long a thought is.
            if (minThoughtTokens > 0) return;
            const oneByOne = await runOver(closable(text, { ...given, chunks: [1] }), configOf());
            expect(oneByOne.thought).toBe(thought);
            const timeless = (each: typeof record) =>
              each.watched?.map(({ ms: _ms, ...watched }) => watched);
            expect(timeless(oneByOne.record)).toEqual(timeless(record));
          },
        ),
        { numRuns: 8 },
      );
    });
  });
});
