import { describe, expect, it } from "vitest";
import type { RandomSource } from "../../../src/eval/statistics/random-source.js";
import { type ComparedArms, comparedArms } from "../../../src/eval/summary/compared-arms.js";
import { gatherReplies } from "../../../src/eval/summary/gather-replies.js";
import { summarise } from "../../../src/eval/summary/summarise.js";
import type { VerdictSays } from "../../../src/eval/summary/summary.js";
import { verdictOf } from "../../../src/eval/summary/verdict.js";
import { armsOf, runOf, type Simulation, simulate } from "./simulated-run.js";

const USUAL = { aloneTokens: 40, rates: [0.1, 0.3, 0.5], seeds: 4 };

/** 500 draws here: a bound at 2.5 % rests on its 12 lowest, and 200 seeds average out. The tool draws 5,000. */
const FEW_DRAWS = 500;

/** From records to the verdict, without the rest of the summary, for many seeds. */
async function judge(simulation: Simulation): Promise<VerdictSays> {
  const records = simulate(simulation);
  const arms = comparedArms(await gatherReplies(records, runOf([])), "routed") as ComparedArms;
  return verdictOf({ ...arms, margin: 0.05, seed: simulation.seed, draws: FEW_DRAWS }).says;
}

/** How often each verdict is given, by seed. */
async function verdicts(seeds: number, simulation: Omit<Simulation, "seed">) {
  const said = { gains: 0, "gains, less than d": 0, "no gain worth d": 0, undecided: 0 };
  for (let seed = 1; seed <= seeds; seed++) said[await judge({ ...simulation, seed })] += 1;
  return said;
}

async function summed(simulation: Simulation, draws: number) {
  const records = simulate(simulation);
  return (await summarise(records, runOf(armsOf(records)), { draws })).verdict;
}

describe("a signal that is independent of errors", () => {
  // Large alone writes twice as much as it does when it is handed a step, so chance is the better null, by far, and
  // the routed arm IS chance: the case in which "gains" is said wrongly most often. 2.5 % are expected.
  const independent = {
    ...USUAL,
    tau: 0.7,
    signal: (_: unknown, random: RandomSource) => random.unit(),
  };

  it("is said to gain in at most 5 % of 200 seeds", async () => {
    const said = await verdicts(200, { ...independent, problems: 150 });
    const gains = said.gains + said["gains, less than d"];
    process.stdout.write(`independent signal, 200 seeds: ${gains} times "gains"\n`);
    expect(gains).toBeLessThanOrEqual(10);
  });

  it("is said to gain as rarely where problems come five to a template", async () => {
    const said = await verdicts(100, { ...independent, problems: 150, clusterSize: 5 });
    const gains = said.gains + said["gains, less than d"];
    process.stdout.write(`independent signal, 30 templates, 100 seeds: ${gains} times "gains"\n`);
    expect(gains).toBeLessThanOrEqual(5);
  });
});

describe("a perfect signal", () => {
  const perfect = ({ smallWrong }: { readonly smallWrong: boolean }) => (smallWrong ? 1 : 0);

  it("gains, with 100 problems, whatever the seed", async () => {
    const simulation = { ...USUAL, problems: 100, tau: 0.5, signal: perfect };
    expect(await verdicts(20, simulation)).toMatchObject({ gains: 20 });
    const verdict = await summed({ ...simulation, seed: 1 }, FEW_DRAWS);
    expect(verdict?.says).toBe("gains");
    expect(verdict?.accuracy).toBeGreaterThan(0.9);
  });
});

describe("a signal that helps, but no more than the chord", () => {
  // It hands over all steps of a question or none, by a coin: better than chance at single steps, since a chain is
  // only as right as its weakest step, and the chord exactly.
  it("has no gain worth d", async () => {
    const verdict = await summed(
      {
        ...USUAL,
        aloneTokens: 20,
        problems: 1500,
        seed: 5,
        tau: 0.7,
        signal: (_, __, coin) => coin,
      },
      FEW_DRAWS,
    );
    expect(verdict?.says).toBe("no gain worth d");
    expect(verdict?.null).toBe("chord");
    expect(verdict?.random?.value).toBeLessThan(verdict?.chord?.value ?? 0);
    expect(verdict?.words).toMatch(/^No gain worth 5.0 points: .* against a coin per question/);
  });
});
