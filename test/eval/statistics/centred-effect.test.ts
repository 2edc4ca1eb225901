import { describe, expect, it } from "vitest";
import {
  type Branch,
  centredEffect,
  effectOf,
  type Occasion,
  shareOfBranches,
} from "../../../src/eval/statistics/centred-effect.js";
import { randomSource } from "../../../src/eval/statistics/random-source.js";
import trial from "./micro-randomised-trial.fixture.json" with { type: "json" };

/** 60 subjects x 4 decisions at p = 0.5, by the recipe of MRTAnalysis' own numeric test (R, set.seed(42)). */
const OCCASIONS: readonly Occasion[] = trial.x.map((x, index) => ({
  outcome: trial.outcome[Math.floor(index / 4)] ?? Number.NaN,
  handedOver: trial.handedOver[index] === 1,
  propensity: 0.5,
  cluster: `${Math.floor(index / 4)}`,
  controls: [x],
  moderators: [x],
}));

/** Eight runs, half of them handed over: 3 of 4 are right there, and 1 of 4 of the others. */
const HALVES = [1, 0, 1, 1, 0, 0, 1, 0].map((outcome, index) => ({
  outcome,
  handedOver: index < 4,
  propensity: 0.5,
  cluster: `${index}`,
  controls: [],
  moderators: [],
}));

describe("centredEffect", () => {
  // MRTAnalysis 0.2 `dcee` (lm) on the same data: 0.0632081 (SE 0.0646006), 0.1334113 (SE 0.0758281); without a
  // moderator 0.0580563 (SE 0.0657496). It fits the controls for each arm and takes p for the shares of A, so the
  // two agree within a fraction of an error, not to the digit.
  it("agrees with `dcee` of the R package MRTAnalysis on its own numeric test", () => {
    const fit = centredEffect(OCCASIONS);
    const [constant, slope] = [effectOf(fit, [1, 0]), effectOf(fit, [0, 1])];
    expect(fit.clusters).toBe(60);
    expect(Math.abs(constant.value - 0.0632081)).toBeLessThan(0.1 * 0.0646006);
    expect(Math.abs(slope.value - 0.1334113)).toBeLessThan(0.1 * 0.0758281);
    expect(Math.abs(constant.se / 0.0646006 - 1)).toBeLessThan(0.08);
    expect(Math.abs(slope.se / 0.0758281 - 1)).toBeLessThan(0.08);

    const marginal = effectOf(
      centredEffect(OCCASIONS.map((each) => ({ ...each, moderators: [] }))),
      [1],
    );
    expect(Math.abs(marginal.value - 0.0580563)).toBeLessThan(0.1 * 0.0657496);
    expect(Math.abs(marginal.se / 0.0657496 - 1)).toBeLessThan(0.08);
  });

  it("without controls and with halves handed over is the difference of the two means", () => {
    const effect = effectOf(centredEffect(HALVES), [1]);
    expect(effect.value).toBeCloseTo(3 / 4 - 1 / 4, 12);
    // Residuals 1/4, 3/4, ...: sum of squares 1.5; bread 1/2 = 8 x (1/2)^2; meat 1.5 / 4; times 8/7.
    expect(effect.se).toBeCloseTo(Math.sqrt(((1.5 / 4) * 0.25 * 8) / 7), 12);
  });

  it("is wider where the same runs are counted as one cluster each, and twice the runs say no more", () => {
    const doubled = [...OCCASIONS, ...OCCASIONS];
    const [once, twice] = [
      effectOf(centredEffect(OCCASIONS), [1, 0]),
      effectOf(centredEffect(doubled), [1, 0]),
    ];
    expect(twice.value).toBeCloseTo(once.value, 10);
    expect(twice.se).toBeCloseTo(once.se, 10);
  });

  it("covers the true effect in runs with several occasions each, whatever the controls leave out", () => {
    const random = randomSource(3);
    let covered = 0;
    for (let study = 0; study < 200; study++) {
      covered += coversTruth(simulate(random)) ? 1 : 0;
    }
    // 190 expected of 200; 178 or fewer has a chance of 1 in 3,000.
    expect(covered).toBeGreaterThan(178);
  });

  it("takes branches beside occasions, by what each of them knows", () => {
    // Halves handed over: the occasions alone say 3/4 - 1/4 = .5 (the test above). Two branches say 1 and 0: .5, too;
    // then 0 and 0.
    const branch = (difference: number, cluster: string, weight = 1): Branch => ({
      difference,
      cluster,
      moderators: [],
      weight,
    });
    const alike = centredEffect(HALVES, [branch(1, "8"), branch(0, "9")]);
    expect(effectOf(alike, [1]).value).toBeCloseTo(0.5, 12);
    // Eight occasions know 8 x (1/2)^2 = 2, two branches 2: half each.
    expect(shareOfBranches(alike, [1])).toBeCloseTo(0.5, 12);
    const none = centredEffect(HALVES, [branch(0, "8", 3), branch(0, "9", 3)]);
    expect(effectOf(none, [1]).value).toBeCloseTo((2 * 0.5 + 6 * 0) / 8, 12);
    expect(shareOfBranches(none, [1])).toBeCloseTo(6 / 8, 12);
    expect(shareOfBranches(centredEffect(HALVES), [1])).toBe(0);
  });

  it("of branches alone in effect is their mean, with its error over clusters", () => {
    // Occasions that nearly nothing is known of: 1e-9 of a branch's weight.
    const faint = OCCASIONS.map((each) => ({ ...each, moderators: [], weight: 1e-9 }));
    const differences = [1, 0, 0, -1, 1, 0, 0, 0, 1, 0, 0, 0];
    const branches = differences.map((difference, index) => ({
      difference,
      cluster: `${index}`,
      moderators: [],
    }));
    const { value, se } = effectOf(centredEffect(faint, branches), [1]);
    expect(value).toBeCloseTo(2 / 12, 6);
    // Squares about 1/6: 4 - 12/36 = 3.6667; over 12^2, times 60/59 clusters.
    expect(se).toBeCloseTo(Math.sqrt((((4 - 12 / 36) / 144) * 60) / 59), 6);
  });

  it("with branches covers the true effect as often, in a narrower interval", () => {
    const random = randomSource(4);
    let covered = 0;
    const widths = { without: 0, with: 0 };
    for (let study = 0; study < 200; study++) {
      const { occasions, branches } = simulateBoth(random);
      const { lo, hi } = effectOf(centredEffect(occasions, branches), [0, 1]);
      covered += lo <= 0.25 && 0.25 <= hi ? 1 : 0;
      const alone = effectOf(centredEffect(occasions), [0, 1]);
      widths.with += hi - lo;
      widths.without += alone.hi - alone.lo;
    }
    // 190 expected of 200, as above.
    expect(covered).toBeGreaterThan(178);
    expect(widths.with).toBeLessThan(0.9 * widths.without);
  });

  it("refuses a moderator that says nothing", () => {
    const constant = OCCASIONS.map((each) => ({ ...each, moderators: [0] }));
    expect(() => centredEffect(constant)).toThrow(/Column 4 of the design says what those before/);
  });
});

type Random = ReturnType<typeof randomSource>;

/** 60 problems x 2 runs x 3 occasions: a hand-over is worth 0.05, at doubtful places 0.3; problems differ in difficulty. */
function simulate(random: Random): Occasion[] {
  return Array.from({ length: 60 }, (_, problem) => {
    const ease = random.unit() * 0.3;
    return Array.from({ length: 2 }, () => {
      const places = [0, 1, 2].map((step) => {
        const propensity = step === 1 ? 0.2 : 0.4;
        return {
          step,
          propensity,
          doubtful: random.unit() < 0.3,
          handedOver: random.unit() < propensity,
        };
      });
      const gained = places.reduce(
        (sum, { doubtful, handedOver }) => sum + (handedOver ? (doubtful ? 0.3 : 0.05) : 0),
        0,
      );
      const outcome = random.unit() < ease + gained ? 1 : 0;
      return places.map(({ step, propensity, doubtful, handedOver }) => ({
        outcome,
        handedOver,
        propensity,
        cluster: `${problem}`,
        controls: [step],
        moderators: [doubtful ? 1 : 0],
      }));
    }).flat();
  }).flat();
}

/** The same problems, and of each one step of a run without hand-overs, taken both ways. */
function simulateBoth(random: Random): { occasions: Occasion[]; branches: Branch[] } {
  const occasions = simulate(random);
  const branches = Array.from({ length: 60 }, (_, problem): Branch => {
    const doubtful = random.unit() < 0.3;
    // One luck for both: what a hand-over makes right was wrong before.
    const luck = random.unit() - random.unit() * 0.3;
    const gained = doubtful ? 0.3 : 0.05;
    return {
      difference: Number(luck < gained) - Number(luck < 0),
      cluster: `${problem}`,
      moderators: [doubtful ? 1 : 0],
      weight: WEIGHT,
    };
  });
  return { occasions, branches };
}

/** Variance of an answer over that of a difference, about: .24 over .11. */
const WEIGHT = 2;

function coversTruth(occasions: readonly Occasion[]): boolean {
  const { lo, hi } = effectOf(centredEffect(occasions), [0, 1]);
  return lo <= 0.25 && 0.25 <= hi;
}
