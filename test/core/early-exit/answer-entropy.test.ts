import { describe, expect, it } from "vitest";
import {
  type AnswerEntropyOptions,
  answerEntropy,
  isAnswerEntropy,
  isSettled,
  movingVariance,
} from "../../../src/core/early-exit/answer-entropy.js";

describe("the moving variance of EAT", () => {
  it("follows the published rule: the mean from the first entropy on, the variance from 0 on", () => {
    // alpha 0.5: means 2, 1, 1; variances 0, 0.5 * (0 - 1)^2, 0.5 * (1 - 1)^2 + 0.5 * 0.5
    expect(movingVariance([2], 0.5)).toBe(0);
    expect(movingVariance([2, 0], 0.5)).toBe(0.5);
    expect(movingVariance([2, 0, 1], 0.5)).toBe(0.25);
  });

  it("0 of no entropy; and of equal ones, however many", () => {
    expect(movingVariance([], 0.2)).toBe(0);
    expect(movingVariance(Array(40).fill(1.25), 0.2)).toBe(0);
  });

  it("forgets what was long ago", () => {
    const settled = [...[2.5, 0.1, 2.2, 0.4], ...Array<number>(60).fill(0.3)];
    expect(movingVariance(settled.slice(0, 4), 0.2)).toBeGreaterThan(0.1);
    expect(movingVariance(settled, 0.2)).toBeLessThan(1e-5);
  });
});

describe("settled", () => {
  const rule = answerEntropy({ delta: 0.01, alpha: 0.5, warmUp: 3 });

  it.each([
    ["never before the warm-up", [1, 1], false],
    ["below delta behind it", [1, 1, 1], true],
    ["not at delta or above", [1, 1, 3], false],
  ])("%s", (_name, entropies, expected) => {
    expect(isSettled(rule, entropies)).toBe(expected);
  });
});

describe("answerEntropy", () => {
  it("is plain data, with its defaults", () => {
    const rule = answerEntropy({ delta: 0.001 });
    expect(JSON.parse(JSON.stringify(rule))).toEqual({
      rule: "answerEntropy",
      every: 1,
      delta: 0.001,
      alpha: 0.2,
      warmUp: 20,
      lead: "",
      timeoutMs: 10_000,
    });
    expect(isAnswerEntropy(JSON.parse(JSON.stringify(rule)))).toBe(true);
  });

  it("the warm-up follows alpha; what is undefined is left out", () => {
    expect(answerEntropy({ delta: 1, alpha: 0.3 }).warmUp).toBe(14);
    const undefinedEvery = { delta: 1, every: undefined } as unknown as AnswerEntropyOptions;
    expect(answerEntropy(undefinedEvery).every).toBe(1);
  });

  it.each<[string, unknown, RegExp]>([
    ["delta", 0, /more than 0/],
    ["delta", Number.NaN, /more than 0/],
    ["delta", undefined, /more than 0/],
    ["delta", "0.1", /more than 0/],
    ["every", 0, /whole number of boundaries, 1 or more/],
    ["every", 1.5, /whole number of boundaries/],
    ["alpha", 0, /above 0, at most 1/],
    ["alpha", 1.1, /above 0, at most 1/],
    ["warmUp", 0, /whole number of entropies/],
    ["warmUp", Infinity, /whole number of entropies/],
    ["timeoutMs", 0, /whole milliseconds/],
    ["timeoutMs", 2 ** 31, /2147483647 at most/],
    ["lead", 7, /Give a text/],
  ])("refuses %s: %s, by the field's name", (field, value, remedy) => {
    const options = { delta: 0.1, [field]: value } as unknown as AnswerEntropyOptions;
    expect(() => answerEntropy(options)).toThrow(`\`${field}\` of answerEntropy()`);
    expect(() => answerEntropy(options)).toThrow(remedy);
  });

  it("refuses misspelt options, and none at all", () => {
    const misspelt = { delta: 0.1, evry: 2 } as unknown as AnswerEntropyOptions;
    expect(() => answerEntropy(misspelt)).toThrow(
      "answerEntropy has no option `evry`. Did you mean `every`?",
    );
    expect(() => answerEntropy(undefined as unknown as AnswerEntropyOptions)).toThrow(
      /Expected `options` of answerEntropy to be an object of `every`, `delta`/,
    );
  });

  it.each([null, {}, { rule: "answerEntropy", delta: 1 }, { rule: "closeMargin", below: 1 }])(
    "%o is none",
    (value) => {
      expect(isAnswerEntropy(value)).toBe(false);
    },
  );
});
