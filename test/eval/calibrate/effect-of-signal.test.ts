import { expect, it } from "vitest";
import { gainOf } from "../../../src/eval/calibrate/effect-of-signal.js";
import type { Row } from "../../../src/eval/calibrate/signal-values.js";

/** Ten problems, four steps each; of every four occasions one was handed over. */
function trial(scoreOf: (problem: number, handedOver: boolean, isHigh: boolean) => number) {
  const places = Array.from({ length: 40 }, (_, index) => ({
    problem: Math.floor(index / 4),
    step: (index % 4) + 1,
    handedOver: (index * 7) % 4 === 0,
    value: (index * 13) % 10,
  }));
  const rows = places.map(
    ({ problem, step, handedOver, value }): Row => ({
      problem: `p${problem}`,
      cluster: `p${problem}`,
      step,
      handedOver,
      rate: 0.25,
      score: scoreOf(problem, handedOver, value > 6),
      bad: null,
      tokens: 1,
      values: {},
    }),
  );
  const before = new Map(rows.map(({ problem }, index) => [problem, knownOf(index)]));
  return gainOf(
    rows,
    places.map(({ value }) => value),
    before,
  );
}

const smallOf = (problem: number) => Number(problem % 3 === 0);
const knownOf = (index: number) => ({ small: smallOf(Math.floor(index / 4)), large: 1 });

it("tells nothing where what was known before tells every answer: its interval would have no width", () => {
  expect(trial((problem) => smallOf(problem))).toBeNull();
});

it("tells a gain, with an interval, where hand-overs at high values change answers", () => {
  const gain = trial((problem, handedOver, isHigh) =>
    handedOver && isHigh ? 1 : Number(problem % 2 === 0) / 2,
  );
  expect(gain?.value).toBeGreaterThan(0.1);
  expect((gain?.hi ?? 0) - (gain?.lo ?? 0)).toBeGreaterThan(0.01);
});
