import { describe, expect, it } from "vitest";
import { closeMargin, marginToClose } from "../../../src/core/early-exit/close-margin.js";

const CLOSE = "</think>";
/** Likeliest first, as every distribution is. */
const of = (...candidates: [token: string, probability: number][]) =>
  candidates.map(([token, probability]) => ({ token, probability }));

describe("how far the closing tag is behind the likeliest token", () => {
  it("log p of the one minus log p of the other, in nats", () => {
    expect(marginToClose(of(["Wait", 0.6], [CLOSE, 0.3], ["So", 0.1]), CLOSE)).toBeCloseTo(
      Math.log(2),
    );
  });

  it("0 where the tag is the likeliest itself", () => {
    expect(marginToClose(of([CLOSE, 0.6], ["So", 0.4]), CLOSE)).toBe(0);
  });

  it("no figure where it is not among the candidates, nor where it has no probability", () => {
    expect(marginToClose(of(["Wait", 0.6], ["So", 0.4]), CLOSE)).toBeNull();
    expect(marginToClose(of(["Wait", 1], [CLOSE, 0]), CLOSE)).toBeNull();
    expect(marginToClose([], CLOSE)).toBeNull();
  });

  it("a tag of several tokens: the one that has most of its beginning", () => {
    const candidates = of(["<", 0.5], ["</", 0.25], ["</div>", 0.15], ["think", 0.1]);
    expect(marginToClose(candidates, CLOSE)).toBeCloseTo(Math.log(2));
  });

  it("with the line break that a token may have before or behind it", () => {
    expect(marginToClose(of(["A", 0.5], ["\n</", 0.5]), CLOSE)).toBe(0);
    expect(marginToClose(of(["A", 0.5], ["</think>\n\n", 0.5]), CLOSE)).toBe(0);
  });

  it("blanks and a longer text are none of it", () => {
    expect(marginToClose(of(["\n", 0.5], ["</think>ing", 0.5]), CLOSE)).toBeNull();
  });
});

describe("closeMargin", () => {
  it("is plain data", () => {
    expect(JSON.parse(JSON.stringify(closeMargin(1.5)))).toEqual({
      rule: "closeMargin",
      below: 1.5,
    });
  });

  it.each([0, -1, Number.NaN, Infinity, "1"])("refuses %s", (margin) => {
    expect(() => closeMargin(margin as number)).toThrow(
      /`margin` of closeMargin\(\) cannot be .*Give nats/,
    );
  });
});
