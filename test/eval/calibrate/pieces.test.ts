import { describe, expect, it } from "vitest";
import { gainOf } from "../../../src/eval/calibrate/effect-of-signal.js";
import { fitBlend } from "../../../src/eval/calibrate/fit-blend.js";
import { stepsShare } from "../../../src/eval/calibrate/fit-threshold.js";
import type { KeptReply } from "../../../src/eval/calibrate/kept-reply.js";
import { otherNumber } from "../../../src/eval/calibrate/labels.js";
import { rateInterval } from "../../../src/eval/calibrate/rate-interval.js";
import { shownSignal } from "../../../src/eval/calibrate/shown-signal.js";
import type { Row } from "../../../src/eval/calibrate/signal-values.js";
import { splitProblems } from "../../../src/eval/calibrate/split-problems.js";
import { knifeEdge, thresholdAt } from "../../../src/eval/calibrate/threshold-at.js";
import { waitsForStep } from "../../../src/eval/calibrate/waits-for-step.js";
import { pointFromName, stepEnd, stepStart } from "../../../src/index.js";
import { unit } from "./toy-pair.js";

const PROBLEM = {} as never;

describe("thresholdAt", () => {
  const alike = (...values: readonly (number | null)[]) =>
    values.map((value) => ({ value, weight: 1 }));

  it("lies in the middle of the gap above which the share is nearest", () => {
    expect(thresholdAt(alike(0.1, 0.2, 0.6, 1), 0.25)).toEqual({ tau: 0.8, share: 0.25 });
    expect(thresholdAt(alike(0.1, 0.2, 0.6, 1), 0.4)).toEqual({ tau: 0.4, share: 0.5 });
  });

  it("parts no values that are equal", () => {
    expect(thresholdAt(alike(0, 0, 0, 1), 0.5)).toEqual({ tau: 0.5, share: 0.25 });
    expect(thresholdAt(alike(1, 1, 1, 0), 0.25)).toEqual({ tau: 1, share: 0 });
  });

  it("counts steps without a value as small's, and weighs by tokens", () => {
    expect(thresholdAt(alike(null, null, 0.3, 0.9), 0.25)).toEqual({ tau: 0.6, share: 0.25 });
    const long = [
      { value: 0.9, weight: 10 },
      { value: 0.5, weight: 70 },
      { value: 0.1, weight: 20 },
    ];
    expect(thresholdAt(long, 0.2)).toEqual({ tau: 0.7, share: 0.1 });
    expect(thresholdAt(alike(null), 0.2)).toBeNull();
  });

  it("says how many values noise may move over it", () => {
    expect(knifeEdge([0.49, 0.515, 0.53, 1], 0.5)).toBe(0.5);
  });
});

describe("rateInterval", () => {
  it("adds the spread of 500 decisions to the error of the rate, at 3.29 standard errors", () => {
    const replies = Array.from({ length: 200 }, (_, index) => ({
      decisions: 5,
      handedOver: index % 2 === 0 ? 2 : 1,
    }));
    const { value, lo, hi } = rateInterval(replies);
    expect(value).toBe(0.3);
    // Steadier than chance between replies: never narrower than for independent decisions.
    const half = 3.29 * Math.sqrt(0.3 * 0.7 * (1 / 1000 + 1 / 500));
    expect(hi - value).toBeCloseTo(half, 12);
    expect(value - lo).toBeCloseTo(half, 12);
  });

  it("is wider where whole replies go one way", () => {
    const replies = Array.from({ length: 200 }, (_, index) => ({
      decisions: 5,
      handedOver: index % 10 < 3 ? 5 : 0,
    }));
    const { value, hi } = rateInterval(replies);
    // Each reply is one coin: five times the variance.
    const variance = 5 * 0.3 * 0.7 * (200 / 199) * (1 / 1000 + 1 / 500);
    expect(hi - value).toBeCloseTo(3.29 * Math.sqrt(variance), 10);
  });

  it("says nothing where nothing was decided", () => {
    expect(rateInterval([{ decisions: 0, handedOver: 0 }])).toEqual({ value: 0, lo: 0, hi: 1 });
  });
});

/** Replies of four steps; a hand-over of a step with a high value adds `gain` to the score, any other one nothing. */
function rows(gain: number, problems: number): Row[] {
  return Array.from({ length: problems }, (_, problem) => {
    const steps = [1, 2, 3, 4].map((step) => ({
      step,
      value: unit("value", problem, step),
      handedOver: unit("draw", problem, step) < 0.25,
    }));
    const helped = steps.filter(({ value, handedOver }) => handedOver && value > 0.75).length;
    const score = 0.3 + gain * helped + 0.1 * unit("noise", problem);
    return steps.map(({ step, value, handedOver }) => ({
      problem: String(problem),
      cluster: String(problem),
      rate: 0.25,
      score,
      step,
      handedOver,
      tokens: 3,
      values: { signal: value },
      bad: null,
    }));
  }).flat();
}

describe("gainOf", () => {
  const valuesIn = (all: readonly Row[]) => all.map(({ values }) => values.signal ?? 0);

  it("finds what one hand-over above the threshold gains over one anywhere", () => {
    const all = rows(0.4, 600);
    const gain = gainOf(all, valuesIn(all), new Map());
    // .4 above it, .1 anywhere: three quarters of .4.
    expect(gain?.value).toBeCloseTo(0.3, 1);
    expect(gain?.lo).toBeGreaterThan(0.2);
    expect(gain?.hi).toBeLessThan(0.4);
  });

  it("finds none where there is none, and its interval holds 0", () => {
    const all = rows(0, 600);
    const gain = gainOf(all, valuesIn(all), new Map());
    expect(gain?.lo).toBeLessThan(0);
    expect(gain?.hi).toBeGreaterThan(0);
  });

  it("is unknown where all values are alike, or there are too few", () => {
    const all = rows(0.4, 20);
    expect(
      gainOf(
        all,
        all.map(() => 1),
        new Map(),
      ),
    ).toBeNull();
    expect(gainOf(all.slice(0, 2), [0, 1], new Map())).toBeNull();
    expect(gainOf([], [], new Map())).toBeNull();
  });
});

describe("fitBlend", () => {
  it("weighs what tells, and its point has the same values as the fit", () => {
    const points = [stepStart(), stepEnd("meanEntropy")];
    const all = rows(0, 200).map((row, index): Row => {
      const told = unit("told", index);
      const values = { stepStart: told, "stepEnd:meanEntropy": unit("not", index) };
      return { ...row, values, bad: told > 0.6 };
    });
    const fitted = fitBlend(all, points);
    const name = fitted?.point.name ?? "";
    const [, intercept, first, second] =
      /^blend\(([^,]+),([^*]+)\*stepStart,([^*]+)\*stepEnd:meanEntropy\)$/.exec(name) ?? [];
    expect(Number(first)).toBeGreaterThan(5 * Math.abs(Number(second)));
    const [row] = all;
    const score =
      Number(intercept) +
      Number(first) * (row?.values.stepStart ?? 0) +
      Number(second) * (row?.values["stepEnd:meanEntropy"] ?? 0);
    expect(fitted?.chanceOf(row as Row)).toBeCloseTo(1 / (1 + Math.exp(-score)), 12);
    expect(pointFromName(name).name).toBe(name);
  });

  it("is none where one kind of step is all there is", () => {
    const all = rows(0, 20).map((row): Row => ({ ...row, bad: false }));
    expect(fitBlend(all, [stepStart(), stepEnd("meanEntropy")])).toBeNull();
  });
});

describe("labels", () => {
  it.each([
    ["12 * 3 = 36", "So we have 36.", false],
    ["12 * 3 = 36", "12 times 3 is 38", true],
    ["that is 1,234", "1234", false],
    ["−5", "-5", false],
    ["no number", "36", null],
  ])("%j against %j: %j", (small, large, bad) => {
    expect(otherNumber(small, large, PROBLEM)).toBe(bad);
  });
});

describe("stepsShare", () => {
  const reply = (largeTokens: number, tokensByLarge: number, tokens: number): KeptReply => ({
    problem: "1",
    cluster: "1",
    score: 0,
    status: "ok",
    steps: [],
    stepsByLarge: 0,
    tokens,
    tokensByLarge,
    largeTokens,
    cost: { tokens: 0, requests: 0, ms: 0 },
    decisions: 0,
    handedOver: 0,
  });

  it("of a cost is what the answer leaves of it", () => {
    // Large alone writes 100; a quarter of it is 25, of which the answer takes 10: 15 of 120.
    const share = stepsShare(
      { name: "cost", share: 0.25 },
      [reply(40, 30, 120)],
      new Map([["1", 100]]),
    );
    expect(share).toBe(0.125);
    expect(stepsShare({ name: "steps", share: 0.25 }, [], new Map())).toBe(0.25);
  });

  it("is next to nothing where the answer alone costs more", () => {
    const share = stepsShare(
      { name: "cost", share: 0.1 },
      [reply(30, 0, 120)],
      new Map([["1", 100]]),
    );
    expect(share).toBe(0.005);
  });
});

describe("shownSignal", () => {
  it("leaves the coefficients of a blend out", () => {
    const name = "blend(-1.5,0.4*stepStart,2.1*anyOf(digits,span:=:number),3e-7*openers:Wait%2C)";
    expect(pointFromName(name).name).toBe(
      "blend(-1.5,0.4*stepStart,2.1*anyOf(digits,span:=:number),3e-7*openers:Wait%2C)",
    );
    expect(shownSignal(name)).toBe(
      "blend of stepStart, anyOf(digits,span:=:number), openers:Wait%2C",
    );
    expect(shownSignal("stepStart:margin")).toBe("stepStart:margin");
  });
});

describe("waitsForStep", () => {
  it.each([
    ["stepStart", false],
    ["firstTokens:3", false],
    ["skipMarkup:stepStart:margin", false],
    ["openers:Wait", false],
    ["span:=:number", false],
    ["everyToken", false],
    ["blend(0,1*stepStart,1*firstTokens:2)", false],
    ["digits", true],
    ["stepEnd:rise", true],
    ["window:5:cut=stepStart", true],
    ["blend(0,1*stepStart,1*digits)", true],
  ])("%s: %j", (name, waits) => {
    expect(waitsForStep(pointFromName(name))).toBe(waits);
  });
});

describe("splitProblems", () => {
  it("never parts a cluster", () => {
    const problems = Array.from({ length: 100 }, (_, id) => ({
      id: String(id),
      prompt: "",
      cluster: `template ${id % 10}`,
    }));
    const { fit, heldOut } = splitProblems(problems, { share: 0.5, seed: 3 });
    expect(fit.length + heldOut.length).toBe(100);
    expect(fit).toHaveLength(50);
    const clusters = new Set(fit.map(({ cluster }) => cluster));
    expect(heldOut.some(({ cluster }) => clusters.has(cluster))).toBe(false);
  });
});
