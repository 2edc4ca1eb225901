import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.js";
import type { CheckResult } from "../../../src/eval/checkers/checker.js";
import {
  type CheckerName,
  namedChecker,
  runChecker,
} from "../../../src/eval/checkers/run-checker.js";

async function check(name: CheckerName, text: string, answer: Json) {
  const { score } = await runChecker(
    namedChecker(name),
    { text, thought: "" },
    { id: "p", prompt: "?", answer },
  );
  return score;
}

describe("exact", () => {
  it.each<[string, Json, number | null]>([
    ["Paris", "Paris", 1],
    ["  New \n York ", "New York", 1],
    ["paris", "Paris", 0],
    ["4", 4, 1],
    [" \n", "x", null],
  ])("%j for %j: %j", async (text, answer, score) => {
    expect(await check("exact", text, answer)).toBe(score);
  });
});

describe("choice", () => {
  it.each<[string, Json, number | null]>([
    ["C", "C", 1],
    ["c", "(C)", 1],
    ["The answer is (C).", "C", 1],
    ["A) is wrong, B) too.\n**Answer: D**", "D", 1],
    ["(A) looks right, but (B) is.", "B", 1],
    ["So it is \\boxed{\\text{B}}", "B", 1],
    ["C. The Nile", "C", 1],
    ["The answer is B", "C", 0],
    ["none of them", "C", null],
  ])("%j for %j: %j", async (text, answer, score) => {
    expect(await check("choice", text, answer)).toBe(score);
  });

  it("names the problem whose answer is no letter", async () => {
    await expect(check("choice", "A", "the nile")).rejects.toThrow(
      'The checker "choice" failed at problem "p": its answer names no letter',
    );
  });
});

describe("number", () => {
  it.each<[string, Json, number | null]>([
    ["4", 4, 1],
    ["The answer is 1,234.50 dollars for 3 people.", "1234.5", 1],
    ["first 3, then 7", 7, 1],
    ["so #### 12\nbye 5", "12", 1],
    ["He has \\boxed{71} eggs, 2 more", 71, 1],
    ["50 %", "50", 1],
    ["50%", 0.5, 1],
    ["0.5%", "50 %", 0],
    ["3/4", 0.75, 1],
    ["1 3/4", "1.75", 1],
    ["-\\frac{1}{2}", "-0.5", 1],
    ["\\dfrac12", "1/2", 1],
    ["1e3", 1000, 1],
    ["−7", -7, 1],
    ["the sides are 3 - 5", 5, 1],
    ["12 cm^2", 12, 1],
    ["12 m2", 12, 1],
    ["$1,000,000", "1000000", 1],
    ["0.333333", "1/3", 1],
    ["0.33", "1/3", 0],
    ["1,23", 23, 1],
    ["1\\frac{3}{4}", 1.75, 1],
    ["Answer: 3 + 4 = 7 (of 9)", 7, 1],
    ["no idea", 4, null],
    ["1/0", 4, null],
  ])("%j for %j: %j", async (text, answer, score) => {
    expect(await check("number", text, answer)).toBe(score);
  });

  it("says what it read", async () => {
    const problem = { id: "p", prompt: "?", answer: 4 };
    const found = await runChecker(
      namedChecker("number"),
      { text: "it is 5 %", thought: "" },
      problem,
    );
    expect(found).toEqual({ score: 0, extracted: "5 %", why: null });
  });

  it("names the problem whose answer is no number", async () => {
    await expect(check("number", "4", "four")).rejects.toThrow(
      'The checker "number" failed at problem "p": its answer is no number: four.',
    );
  });
});

describe("boxed", () => {
  it.each<[string, Json, number | null]>([
    ["\\boxed{13}", 13, 1],
    ["first \\boxed{1}, then \\boxed{ 13 }", "13", 1],
    ["\\boxed{\\frac{1}{2}}", "0.5", 1],
    ["\\boxed{12\\text{ cm}}", 12, 1],
    ["\\boxed{3 4}", 4, 0],
    ["\\boxed{\\left(x + 1\\right)}", "(x+1)", 1],
    ["\\boxed{\\{1, 2\\}}", "\\{1,2\\}", 1],
    ["\\boxed{x + 1}", "1 + x", 0],
    ["\\boxed{\\sqrt{\\frac{a}{b}}}", "so it is \\boxed{\\sqrt{\\frac{a}{b}}}", 1],
    ["\\boxed{13", 13, null],
    ["\\boxed{7} and \\boxed{13", 7, 1],
    ["13", 13, null],
  ])("%j for %j: %j", async (text, answer, score) => {
    expect(await check("boxed", text, answer)).toBe(score);
  });
});

describe("json", () => {
  it.each<[string, Json, number | null]>([
    ['{"a": 1, "b": [2]}', { b: [2], a: 1 }, 1],
    ['{"a": 1}', '{"a": 1}', 1],
    ['Here:\n```json\n{"a": 2}\n```\nbye', { a: 2 }, 1],
    ['{"a": "1"}', { a: 1 }, 0],
    ['{"a": 1, "c": 2}', { a: 1 }, 0],
    ["{a: 1}", { a: 1 }, null],
  ])("%j for %j: %j", async (text, answer, score) => {
    expect(await check("json", text, answer)).toBe(score);
  });
});

describe("a checker of one's own", () => {
  const problem = { id: "p-7", prompt: "?" };
  const run = (check: () => unknown) =>
    runChecker(namedChecker(check as () => CheckResult), { text: "x", thought: "" }, problem);

  it("returns true or false, or a score with what it read", async () => {
    expect(await run(() => true)).toEqual({ score: 1, extracted: null, why: null });
    expect(await run(async () => ({ score: null, why: "no" }))).toEqual({
      score: null,
      extracted: null,
      why: "no",
    });
  });

  it("is named with the problem where it throws, or returns something else", async () => {
    function gradeIt(): never {
      throw new Error("boom");
    }
    await expect(run(gradeIt)).rejects.toThrow(
      'The checker "gradeIt" failed at problem "p-7": boom',
    );
    await expect(run(() => 2)).rejects.toThrow("expected true, false, or { score");
    await expect(run(() => ({ score: 2 }))).rejects.toThrow('got {"score":2}');
  });

  it("must be one that is known, or a function", () => {
    expect(() => namedChecker("numbers" as never)).toThrow(
      '`checker` must be exact, choice, number, boxed, json or a function, got "numbers".',
    );
    expect(namedChecker("boxed").needsAnswer).toBe(true);
    expect(namedChecker(() => true).needsAnswer).toBe(false);
  });
});
