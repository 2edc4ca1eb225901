import { describe, expect, it } from "vitest";
import { doubtOfDigit, doubtOfRating, ratingText } from "../../../src/core/verification/rating.js";

const of = (...candidates: [token: string, probability: number][]) =>
  candidates.map(([token, probability]) => ({ token, probability }));

describe("a rating from 0 to 9 as doubt", () => {
  it("1 minus a ninth of the expectation over the digits", () => {
    expect(doubtOfRating(of(["9", 1]))).toBe(0);
    expect(doubtOfRating(of(["0", 1]))).toBe(1);
    expect(doubtOfRating(of(["9", 0.5], ["6", 0.5]))).toBeCloseTo(1 - 7.5 / 9);
  });

  it("of the digits alone: what else is a candidate does not count", () => {
    expect(doubtOfRating(of(["Well", 0.8], [" 9", 0.1], ["10", 0.05], ["3", 0.1]))).toBeCloseTo(
      1 - 6 / 9,
    );
  });

  it("is none without a digit", () => {
    expect(doubtOfRating(of(["Well", 0.8], ["10", 0.2]))).toBeNull();
    expect(doubtOfRating([])).toBeNull();
  });
});

it("the rating line ends in a bracket: what follows is the digit itself", () => {
  expect(ratingText("One.\n\nTwo.\n\n")).toBe(
    "One.\n\nTwo.\n\nRating of the last step, from 0 (wrong) to 9 (right): [",
  );
});

it.each([
  ["8", 1 - 8 / 9],
  [" **8**.", 1 - 8 / 9],
  ["Rating: 8/9", 1 - 8 / 9],
  ["0", 1],
  ["10", null],
  ["7.5", null],
  ["eight", null],
  ["", null],
])("of a rating in words, the digit: %j", (said, doubt) => {
  if (doubt === null) expect(doubtOfDigit(said)).toBeNull();
  else expect(doubtOfDigit(said)).toBeCloseTo(doubt);
});
