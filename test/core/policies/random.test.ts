import { describe, expect, it } from "vitest";
import { random } from "../../../src/core/policies/random.js";
import { context, FIRST, glimpse } from "./glimpses.js";

const OCCASIONS = Array.from({ length: 50 }, (_, occasion) => occasion);

describe("random", () => {
  /** Share of large over many thoughts that differ in one digit. */
  function share(rate: number, seed: number, at: Parameters<typeof glimpse>[1] = {}): number {
    const policy = random(rate, seed);
    const routes = Array.from({ length: 4000 }, (_, step) =>
      policy(glimpse(1, at), context(step, { thought: `Step ${step % 7}.\n\n` })),
    );
    return routes.filter((route) => route === "large").length / routes.length;
  }

  it.each([0.1, 0.25, 0.5, 0.9])("sends about %d of the steps to large", (rate) => {
    // Four standard deviations of 4000 draws.
    const slack = 4 * Math.sqrt((rate * (1 - rate)) / 4000);
    for (const seed of [0, 1, 2]) {
      expect(Math.abs(share(rate, seed) - rate)).toBeLessThan(slack);
      expect(
        Math.abs(share(rate, seed, { point: "span:=:number", occasion: 3 }) - rate),
      ).toBeLessThan(slack);
    }
  });

  it("sends about the rate of one step's occasions to large", () => {
    const policy = random(0.25, 1);
    const large = Array.from({ length: 4000 }, (_, occasion) =>
      policy(glimpse(1, { point: "everyToken", occasion }), context(3, { thought: "So.\n\n" })),
    ).filter((route) => route === "large");
    expect(Math.abs(large.length / 4000 - 0.25)).toBeLessThan(0.028);
  });

  it("sends none at rate 0 and all at rate 1", () => {
    expect(share(0, 1)).toBe(0);
    expect(share(1, 1)).toBe(1);
  });

  it.each([
    [0, "slsslsllsllsssllslsllsss"],
    [7, "lsslllllslslllsssslllsls"],
    [1.5, "lslsllssssssllssssssssll"],
  ])(
    "draws at a step's start with seed %d what it drew before there were points",
    (seed, drawn) => {
      const draws = (point: string) =>
        Array.from({ length: 24 }, (_, index) => {
          const thought = "Add 3 and 4.\n\n".repeat(index);
          return random(0.4, seed)(glimpse(1, { point }), context(index + 1, { thought }));
        });
      const routes = Array.from(drawn, (letter) => (letter === "l" ? "large" : "small"));
      expect(draws("stepStart")).toEqual(routes);
      expect(draws("stepStart:margin")).toEqual(routes);
      expect(draws("digits")).not.toEqual(routes);
    },
  );

  it("draws the same again for the same seed and thought, whatever the glimpse", () => {
    const draws = (seed: number, entropy: number) =>
      Array.from({ length: 50 }, (_, step) =>
        random(0.5, seed)(glimpse(entropy), context(step, { thought: "So.\n\n" })),
      );
    expect(draws(7, 0)).toEqual(draws(7, 3));
    expect(draws(7, 0)).not.toEqual(draws(8, 0));
    expect(random(0.5)(glimpse(1), FIRST)).toBe(random(0.5, 0)(glimpse(1), FIRST));
  });

  it("draws once an occasion: the same when it is asked again, in any order, by another process", () => {
    const place = (occasion: number, value: number) =>
      glimpse(value, { point: "span:=:number", occasion });
    const here = random(0.5, 3);
    const rising = OCCASIONS.map((occasion) =>
      [0.1, 0.5, 2].map((value) => here(place(occasion, value), FIRST)),
    );
    for (const draws of rising) expect(new Set(draws).size).toBe(1);
    const other = random(0.5, 3);
    const again = [...OCCASIONS].reverse().map((occasion) => {
      // Another reply, in between.
      other(place(0, 1), context(2, { thought: "Other.\n\n" }));
      return other(place(occasion, 1), FIRST);
    });
    expect(again.reverse()).toEqual(rising.map(([route]) => route));
  });

  it("draws anew for each occasion, each point, each thought", () => {
    const drawn = (at: Parameters<typeof glimpse>[1], thought = "") =>
      random(0.5, 1)(glimpse(1, at), context(3, { thought }));
    const occasions = OCCASIONS.map((occasion) => drawn({ point: "span:=:number", occasion }));
    const points = OCCASIONS.map((n) => drawn({ point: `window:${n}` }));
    const thoughts = OCCASIONS.map((n) => drawn({}, `thought ${n}`));
    for (const routes of [occasions, points, thoughts]) expect(new Set(routes).size).toBe(2);
  });
});
