import { describe, expect, it } from "vitest";
import { gapWords } from "../../../src/eval/summary/gap-words.js";

const about = (value: number) => ({ value, lo: value - 0.05, hi: value + 0.05 });

describe("gapWords", () => {
  it("tells the gap, how much of it is closed, and at which cost, beside chance and a coin", () => {
    const words = gapWords(
      {
        gap: about(0.308),
        recovered: about(0.23),
        average: { routed: about(0.54), chance: about(0.6) },
        reached: [
          {
            share: 0.5,
            routed: { cost: 0.446, lo: 0.399, hi: null },
            chance: { cost: 0.32, lo: 0.27, hi: 0.36 },
          },
          { share: 0.8, routed: { cost: null, lo: 0.7, hi: null }, chance: null },
        ],
      },
      "routed",
    );
    expect(words).toBe(
      "Large alone has 30.8 [25.8, 35.8] points more right answers than small alone. " +
        "The arm routed closes 23 [18, 28] % of that. " +
        "Over all costs the calibrated points close 54 [49, 59] % on the average, a coin per question 50 %, " +
        "chance at the same kind of place 60 [55, 65] %; " +
        "50 % of it at cost 0.45 [0.40, not reached] (chance: cost 0.32 [0.27, 0.36]), " +
        "80 % of it at no cost that was reached.",
    );
  });

  it("tells no shares of a gap that may be none", () => {
    const words = gapWords(
      { gap: about(0.02), recovered: null, average: null, reached: [] },
      "routed",
    );
    expect(words).toBe(
      "Large alone has 2.0 [-3.0, 7.0] points more right answers than small alone. That may be none: shares of it are not told.",
    );
  });
});
