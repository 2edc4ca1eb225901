import { describe, expect, it } from "vitest";
import {
  expectedSpeedUp,
  timeAt,
  tokensPerJudgement,
} from "../../bench/speculation/expectation.js";

describe("what a draft is worth", () => {
  it("a judgement brings the right tokens up to the first wrong one, and the model's own", () => {
    // 1 + .8 + .64 + .512
    expect(tokensPerJudgement(0.8, 3)).toBeCloseTo(2.952, 12);
    expect(tokensPerJudgement(0, 5)).toBe(1);
    expect(tokensPerJudgement(1, 5)).toBe(6);
  });

  it("is paid for by the drafting, and by the judging where that is not free", () => {
    expect(expectedSpeedUp(0.8, 3, 0.2)).toBeCloseTo(2.952 / 1.6, 12);
    expect(expectedSpeedUp(0.8, 3, 0.2, 4)).toBeCloseTo(2.952 / 4.6, 12);
  });

  it("times between two measured ones lie on the line", () => {
    const times = [
      { count: 1, ms: 2 },
      { count: 4, ms: 8 },
      { count: 9, ms: 9 },
    ];
    expect(timeAt(times, 1)).toBe(2);
    expect(timeAt(times, 2.5)).toBe(5);
    expect(timeAt(times, 9)).toBe(9);
  });
});
