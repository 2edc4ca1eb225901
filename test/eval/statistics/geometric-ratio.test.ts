import { describe, expect, it } from "vitest";
import { geometricRatio } from "../../../src/eval/statistics/geometric-ratio.js";

describe("geometricRatio", () => {
  it("is the geometric mean of the ratios, with Student's t on the log scale", () => {
    const ratio = geometricRatio([
      { first: 2000, second: 1000, cluster: "a" },
      { first: 80, second: 10, cluster: "b" },
    ]);
    expect(ratio.value).toBeCloseTo(4, 12);
    // Logs ln 2 and ln 8: SE = ln 4 / 2; t of one degree of freedom is 12.7062.
    expect(Math.log(ratio.hi)).toBeCloseTo(Math.log(4) * (1 + 12.7062047364 / 2), 8);
    expect(ratio.lo * ratio.hi).toBeCloseTo(16, 8);
  });

  it("turns round with the arms", () => {
    const pairs = [3, 5, 7].map((first, i) => ({ first, second: i + 2, cluster: `${i}` }));
    const back = pairs.map(({ first, second, cluster }) => ({
      first: second,
      second: first,
      cluster,
    }));
    expect(geometricRatio(pairs).lo).toBeCloseTo(1 / geometricRatio(back).hi, 12);
  });
});
