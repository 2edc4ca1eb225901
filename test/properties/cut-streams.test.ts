import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyToken } from "../../src/core/points/every-token.js";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { window } from "../../src/core/points/window.js";
import { above } from "../../src/core/policies/above.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { CONFIG, drive, type Run, runOver } from "../router/run-thought.js";
import { type CutAt, CutWriters } from "./cut-writers.js";
import { type Plan, PlannedPair } from "./planned-models.js";
import { plan as anyPlan, cuts } from "./plans.js";
import { ANSWER, serving } from "./route-text.js";
import { substance } from "./substance.js";
import { type Serving, TextModel } from "./text-model.js";

type Pair = Pick<PlannedPair | TextModel, "writers" | "openings">;

interface CutRun extends Run {
  readonly cuts: number;
  readonly items: number;
}

async function runCut(pair: Pair, config: RouteConfig, at: CutAt): Promise<CutRun> {
  const cutting = new CutWriters(pair.writers, at);
  const { writers } = cutting;
  const run = await runOver({ writers, openings: pair.openings }, config);
  const { cuts, items } = cutting;
  return { ...run, cuts, items };
}

function requestsOf({ record: { requests } }: Run): number {
  return requests.small + requests.large;
}

/** Cuts a reply before each of its items in turn. */
async function cutEverywhere(pair: () => Pair, config: RouteConfig): Promise<void> {
  const whole = await runCut(pair(), config, () => false);
  for (let item = 0; item < whole.items; item++) {
    const cut = await runCut(pair(), config, (index) => index === item);
    expect(substance(cut, config.glimpse)).toEqual(substance(whole, config.glimpse));
    expect(requestsOf(cut) - requestsOf(whole)).toBeLessThanOrEqual(1);
    expect(cut.record.retries?.length ?? 0).toBeLessThanOrEqual(1);
  }
}

const SUMS = "So 3*24 = 72, 2+2 =5.\n\n**Wait**, 👍?\n\n\n- 7+7=$1,400.5\n";

const server = fc.record({ cuts, keepStop: fc.boolean() });
const limits = fc.record({
  maxStepTokens: fc.constantFrom(2, 5, 512),
  answerBy: fc.constantFrom("small" as const, "large" as const),
});

/**
 * A tag that small wrote once more is swallowed, so a model that goes on behind a beginning of another one cannot tell which
 * it is in the middle of.
 */
const plan = anyPlan.filter(({ tag, small }: Plan) => {
  const text = small.map((token) => token.text).join("");
  return tag === "" || !text.slice(tag.length).trimStart().startsWith("<");
});

const mode = fc.constantFrom("fused" as const, "probe" as const);

/*
 * Where caps count tokens there are two limits (decision 009). A server that holds back what may begin a stop string is cut
 * inside of a token: what is asked for behind it falls into other tokens. And one that sends EOS along with text counts it
 * as text. So there the stop string is kept, and the tokens of a plan come one by one.
 */
describe("a stream that is cut at any place", () => {
  it("leaves text, parts and values as they are, and costs one request at most", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, limits, mode, async (given, served, limit, glimpse) => {
        const config = { ...CONFIG, ...limit, glimpse };
        const isCapped = limit.maxStepTokens < 512;
        const kept = isCapped ? { cuts: [1], keepStop: true } : served;
        await cutEverywhere(() => new PlannedPair(given, kept), config);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    stepEnd("meanEntropy"),
    span({ after: "=", of: "number" }),
    everyToken({ turn: 3 }),
    window(2),
  ])("at the point $name, too", async (point) => {
    await fc.assert(
      fc.asyncProperty(serving, async (served) => {
        const given: Serving = { ...served, placed: true, keepStop: true };
        const config = { ...CONFIG, maxThoughtTokens: 100_000, point, policy: above(1) };
        const whole = `${SUMS}</think>\n\n${ANSWER}`;
        await cutEverywhere(() => new TextModel(whole, given), config);
      }),
      { numRuns: 10 },
    );
  });

  it("and so do many cuts, one behind the other; the reducer stays pure", async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        server,
        fc.integer({ min: 2, max: 5 }),
        async (given, served, every) => {
          const at: CutAt = (item) => item % every === every - 1 && item < 60;
          const pair = () => new PlannedPair(given, { ...served, cuts: [1] });
          const whole = await runCut(pair(), CONFIG, () => false);
          const cut = await runCut(pair(), CONFIG, at);
          expect(substance(cut, "fused")).toEqual(substance(whole, "fused"));
          expect(cut.record.retries?.length ?? 0).toBeLessThanOrEqual(cut.cuts);
          const { openings } = pair();
          const driven = await drive(
            { writers: new CutWriters(pair().writers, at).writers, openings },
            CONFIG,
          );
          expect(driven).toEqual({ events: cut.events, state: cut.state });
        },
      ),
      { numRuns: 40 },
    );
  });
});
