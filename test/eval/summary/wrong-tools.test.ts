import { describe, expect, it } from "vitest";
import { summarise } from "../../../src/eval/summary/summarise.js";
import type { VerdictSays } from "../../../src/eval/summary/summary.js";
import { armsOf, runOf, type Simulation, simulate } from "./simulated-run.js";

const USUAL = { aloneTokens: 40, rates: [0.1, 0.3, 0.5], seeds: 4 };

/** 500 draws here: a bound at 1.25 % rests on its 6 lowest, which 200 seeds average out. The tool draws 5,000. */
async function judge(simulation: Simulation, draws = 500, margin = 0.05) {
  const records = simulate(simulation);
  const primary = { arm: "routed", margin, alpha: 0.05 };
  const run = runOf(armsOf(records), { seed: simulation.seed, primary });
  return (await summarise(records, run, { draws })).verdict;
}

describe("a signal that is independent of errors", () => {
  // Large alone writes twice as much as it does when it is handed a step, so chance is the better null, by far, and
  // the routed arm IS chance: the case in which "gains" is said wrongly most often. 2.5 % are expected.
  it("is said to gain in at most 5 % of 200 seeds", async () => {
    const said = new Map<VerdictSays, number>();
    for (let seed = 1; seed <= 200; seed++) {
      const verdict = await judge({
        ...USUAL,
        problems: 150,
        seed,
        tau: 0.7,
        signal: (_, random) => random.unit(),
      });
      const says = verdict?.says ?? "undecided";
      said.set(says, (said.get(says) ?? 0) + 1);
    }
    const gains = (said.get("gains") ?? 0) + (said.get("gains, less than d") ?? 0);
    process.stdout.write(
      `independent signal, 200 seeds: ${gains} x gains (${JSON.stringify([...said])})\n`,
    );
    expect(gains).toBeLessThanOrEqual(10);
  });
});

describe("a perfect signal", () => {
  const perfect = ({ smallWrong }: { readonly smallWrong: boolean }) => (smallWrong ? 1 : 0);

  it("gains, with 100 problems, whatever the seed", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const verdict = await judge({ ...USUAL, problems: 100, seed, tau: 0.5, signal: perfect });
      expect(verdict?.says).toBe("gains");
      expect(verdict?.accuracy).toBeGreaterThan(0.9);
    }
  });
});

describe("a signal that helps, but no more than the chord", () => {
  // It hands over all steps of a question or none, by a coin: better than chance at single steps, since a chain is
  // only as right as its weakest step, and the chord exactly.
  it("has no gain worth d", async () => {
    const verdict = await judge(
      {
        ...USUAL,
        aloneTokens: 20,
        problems: 2000,
        seed: 5,
        tau: 0.7,
        signal: (_, __, coin) => coin,
      },
      2000,
    );
    expect(verdict?.says).toBe("no gain worth d");
    expect(verdict?.null).toBe("chord");
    expect(verdict?.random?.value).toBeLessThan(verdict?.chord?.value ?? 0);
    expect(verdict?.words).toMatch(/^No gain worth 5.0 points: .* against a coin per question/);
  });
});
