import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { openers } from "../../src/core/points/openers.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import type { Judge } from "../../src/router/judge-step.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { CONFIG, drive, type Run, runOver } from "../router/run-thought.js";
import { type Cuts, type Plan, PlannedPair } from "./planned-models.js";
import { cuts, plan } from "./plans.js";
import { substance } from "./substance.js";

interface Served {
  readonly given: Plan;
  readonly cuts: Cuts;
}

/** Steps that are judged are numbered by the judge's own count: both ways ask about the same ones in the same order. */
type Moods = readonly ("accepts" | "rejects" | "fails")[];

/** @param turns - of the event loop that each judgement takes: streams are read meanwhile, or are not */
function judgeOf(moods: Moods, turns: readonly number[]): Judge {
  let asked = 0;
  return async () => {
    const mood = moods[asked % moods.length];
    const wait = turns[asked++ % turns.length] ?? 0;
    for (let waited = 0; waited < wait; waited++) await turn();
    if (mood === "fails") throw new Error("no judgement");
    return { value: mood === "rejects" ? 1 : 0 };
  };
}

function configOf(
  verify: Partial<NonNullable<RouteConfig["verify"]>>,
  point: GlimpsePoint | undefined,
): RouteConfig {
  const judged = { by: "moods", threshold: 0.5, when: "always", onFailure: "accept" } as const;
  return {
    ...CONFIG,
    ...(point && { point }),
    verify: { ...judged, timeoutMs: 1000, ...verify },
  };
}

const verdictsOf = ({ record }: Run) => record.steps.flatMap(({ verified }) => verified ?? []);

/** Without what only one of both ways says. */
function sameOf(run: Run) {
  const { steps, ...rest } = substance(run, "fused");
  const withoutAhead = steps.map((step) => {
    if (step.verified === undefined) return step;
    const { aheadTokens: _ahead, ...verified } = step.verified;
    return { ...step, verified };
  });
  const { requests, stopReason, handoffs } = run.record;
  return { ...rest, steps: withoutAhead, requests, stopReason, handoffs };
}

const POINTS: readonly (readonly [string, GlimpsePoint | undefined])[] = [
  ["the paper's point", undefined],
  ["openers", openers(["So", "Wait"])],
  ["stepEnd", stepEnd("meanEntropy")],
];

const setting = fc.record({
  given: plan,
  cuts,
  moods: fc.array(fc.constantFrom("accepts", "rejects", "fails"), { minLength: 1, maxLength: 6 }),
  turns: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
  maxAheadTokens: fc.constantFrom(1, 3, 7, 256),
  when: fc.constantFrom("always" as const, "doubtful" as const),
  onFailure: fc.constantFrom("accept" as const, "large" as const),
  maxHoldTokens: fc.constantFrom(2, 512),
});

async function runPair({ given, cuts }: Served, judge: Judge, config: RouteConfig): Promise<Run> {
  const pair = Object.assign(new PlannedPair(given, { cuts, keepStop: true }), { judge });
  const run = await runOver(
    { writers: pair.writers, openings: pair.openings, judge },
    { ...CONFIG, ...config },
  );
  expect(pair.open).toBe(0);
  return run;
}

describe("a stream that is read on while its steps are judged", () => {
  it.each(POINTS)("gives the text, routes and requests of one that waits: %s", async (_, point) => {
    await fc.assert(
      fc.asyncProperty(setting, async ({ moods, turns, maxAheadTokens, ...of }) => {
        const { when, onFailure, maxHoldTokens } = of;
        const waiting = { ...configOf({ when, onFailure }, point), maxHoldTokens };
        const ahead = { ...configOf({ when, onFailure, maxAheadTokens }, point), maxHoldTokens };
        const waited = await runPair(of, judgeOf(moods, [0]), waiting);
        const read = await runPair(of, judgeOf(moods, turns), ahead);
        expect(sameOf(read)).toEqual(sameOf(waited));
        // What is thrown away beside that is bounded, and counted.
        const most = maxAheadTokens - 1 + Math.max(...of.cuts, 1) * 4;
        const counts = verdictsOf(read).map(({ aheadTokens }) => aheadTokens ?? Number.NaN);
        for (const tokens of counts) expect(tokens).toBeLessThanOrEqual(most);
        const more =
          read.record.usage.small.discarded_tokens - waited.record.usage.small.discarded_tokens;
        expect(more).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThanOrEqual(counts.reduce((sum, tokens) => sum + tokens, 0));
      }),
      { numRuns: 40 },
    );
  });

  it("its state goes through JSON between any two tokens", async () => {
    await fc.assert(
      fc.asyncProperty(setting, async ({ given, cuts, moods, maxAheadTokens, ...of }) => {
        const judge = judgeOf(moods, [1]);
        const config = configOf({ ...of, maxAheadTokens }, undefined);
        const { thought, record } = await runPair({ given, cuts }, judge, config);
        const again = new PlannedPair(given, { cuts, keepStop: true });
        const { writers, openings } = again;
        const pair = { writers, openings, judge: judgeOf(moods, [1]) };
        const driven = await drive(pair, config);
        expect(driven.state.thought).toBe(thought);
        expect(driven.state.requests).toEqual(record.requests);
      }),
      { numRuns: 10 },
    );
  });

  it("every position of a rejected step gives the same text", async () => {
    const words = (text: string) =>
      (text.match(/\s*\S+\s*?(?=\s|$)|\s+$/g) ?? []).map((word) => ({
        text: word,
        entropy: 0.1,
        bytes: 1,
        named: true,
      }));
    const steps = ["One is 1.\n\n", "Two is 2.\n\n", "Three is 3.\n\n", "Four is 4.</think>"];
    const given: Plan = {
      small: steps.flatMap(words),
      starts: steps.map((_, at) => steps.slice(0, at).join("").length),
      large: ["Eins.\n\n", "Zwei.\n\n", "Drei.\n\n", "Vier.</think>"],
      tag: "",
      eosEntropy: 0.1,
    };
    const texts = [];
    for (let masks = 0; masks < 16; masks++) {
      const moods: Moods = steps.map((_, at) => (masks & (1 << at) ? "rejects" : "accepts"));
      const of = { given, cuts: [1] };
      const waited = await runPair(of, judgeOf(moods, [0]), configOf({}, undefined));
      const ahead = configOf({ maxAheadTokens: 64 }, undefined);
      const read = await runPair(of, judgeOf(moods, [3]), ahead);
      expect(sameOf(read)).toEqual(sameOf(waited));
      texts.push(read.thought);
    }
    expect(new Set(texts).size).toBe(16);
  });
});
