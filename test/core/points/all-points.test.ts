import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALL_POINTS } from "./all-points.js";
import { type ReadStep, readSteps, tokensOf, type Written } from "./read-steps.js";

const token = fc.tuple(
  fc.constantFrom(
    "So",
    " Wait",
    ",",
    " x",
    " =",
    "=",
    " 1",
    "2",
    "=5",
    " = 7.",
    ".",
    "\n",
    "- ",
    "**",
    "1.",
    "🧮",
    " ",
  ),
  fc.constantFrom(0, 0.05, 0.3, 0.5, 0.9),
);
const step = fc.record({
  written: fc.array<Written>(token, { minLength: 1, maxLength: 10 }),
  lead: fc.constantFrom(0, 0, 2),
  // Large wrote before it.
  isBehindLarge: fc.boolean(),
});
const steps = fc.array(step, { minLength: 1, maxLength: 3 }).map((all) => {
  let sinceLarge: number | null = null;
  return all.map(({ written, lead, isBehindLarge }) => {
    if (isBehindLarge) sinceLarge = 0;
    const tokens = tokensOf(written, { lead, sinceLarge });
    if (sinceLarge !== null) sinceLarge += tokens.length;
    return tokens;
  });
});

/** `readSteps` itself checks states, hold-back, ranges and the order of asks. */
describe("every point", () => {
  it.each(ALL_POINTS.map((point) => [point.name, point] as const))("%s", (_name, point) => {
    fc.assert(
      fc.property(steps, (thought) => {
        const read = readSteps(point, thought);
        // What it does not want it does not use.
        expect(read).toEqual(readSteps(point, thought, { narrow: false }));
        for (const { asks } of read) expectSettled(asks);
      }),
      { numRuns: 60 },
    );
  });
});

/** Every occasion has a last ask, and it says so. */
function expectSettled(asks: ReadStep["asks"]): void {
  const last = new Map(asks.map(({ occasion, final }) => [occasion, final]));
  expect([...last.values()].every((final) => final)).toBe(true);
}
