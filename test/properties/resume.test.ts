import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyToken } from "../../src/core/points/every-token.js";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { above } from "../../src/core/policies/above.js";
import type { Judge } from "../../src/router/judge-step.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { CONFIG } from "../router/run-thought.js";
import { type Death, live, liveOn, type Pair } from "./killed-runs.js";
import { type Plan, PlannedPair } from "./planned-models.js";
import { plan as anyPlan, cuts } from "./plans.js";
import { ANSWER, serving } from "./route-text.js";
import { substance } from "./substance.js";
import { type Serving, TextModel } from "./text-model.js";

/** Kills a reply in each way at each place, and lets another process go on with it. */
async function killEverywhere(pair: () => Pair, config: RouteConfig): Promise<void> {
  const whole = await live(pair(), config, null);
  const { run: uninterrupted } = await liveOn(pair, config, []);
  const deaths: readonly Death[] = [
    ...Array.from({ length: whole.items }, (_, item) => ({ item })),
    ...Array.from({ length: whole.events.length - 1 }, (_, event) => ({ event })),
  ];
  for (const death of deaths) {
    const { run, lives } = await liveOn(pair, config, [death]);
    expect(substance(run, config.glimpse)).toEqual(substance(uninterrupted, config.glimpse));
    const resumed = (run.record.retries ?? []).map(({ reason }) => reason);
    expect(resumed).toEqual(lives === 1 ? [] : ["resumed"]);
    const { small, large } = run.record.requests;
    const { requests } = uninterrupted.record;
    expect(small + large - requests.small - requests.large).toBeLessThanOrEqual(lives - 1);
  }
}

const SUMS = "So 3*24 = 72, 2+2 =5.\n\n**Wait**, 👍?\n\n\n- 7+7=$1,400.5\n";

const server = fc.record({ cuts, keepStop: fc.boolean() });
const answerBy = fc.constantFrom("small" as const, "large" as const);
const mode = fc.constantFrom("fused" as const, "probe" as const);

/** As for cut streams: a model that goes on behind a beginning of a second tag cannot tell which it is in. */
const plan = anyPlan.filter(({ tag, small }: Plan) => {
  const text = small.map((token) => token.text).join("");
  return tag === "" || !text.slice(tag.length).trimStart().startsWith("<");
});

const moody: Judge = async ({ step }) => ({ value: (step.length % 4) / 4 });

describe("a reply that is killed at any place goes on from JSON, in another process", () => {
  it("to the same text and record, and costs a request more at most", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, answerBy, mode, async (given, served, by, glimpse) => {
        await killEverywhere(() => new PlannedPair(given, served), {
          ...CONFIG,
          answerBy: by,
          glimpse,
        });
      }),
      { numRuns: 12 },
    );
  });

  it.each([stepEnd("meanEntropy"), span({ after: "=", of: "number" }), everyToken({ turn: 3 })])(
    "at the point $name, too",
    async (point) => {
      await fc.assert(
        fc.asyncProperty(serving, async (served) => {
          const given: Serving = { ...served, placed: true, keepStop: true };
          const config = { ...CONFIG, maxThoughtTokens: 100_000, point, policy: above(1) };
          await killEverywhere(() => new TextModel(`${SUMS}</think>\n\n${ANSWER}`, given), config);
        }),
        { numRuns: 4 },
      );
    },
  );

  it.each(["always", "doubtful"] as const)("where steps are judged (%s)", async (when) => {
    await fc.assert(
      fc.asyncProperty(serving, mode, async (served, glimpse) => {
        const given: Serving = { ...served, placed: true, keepStop: true };
        const verify = { by: "moody", threshold: 0.4, when, timeoutMs: 1000 };
        const config = {
          ...CONFIG,
          glimpse,
          maxThoughtTokens: 100_000,
          verify: { ...verify, onFailure: "accept" as const },
        };
        const pair = () => {
          const { writers, openings } = new TextModel(`${SUMS}</think>\n\n${ANSWER}`, given);
          return { writers, openings, judge: moody };
        };
        await killEverywhere(pair, config);
      }),
      { numRuns: 4 },
    );
  });

  it("again and again", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, fc.integer({ min: 0, max: 3 }), async (given, served, far) => {
        const pair = () => new PlannedPair(given, { ...served, cuts: [1] });
        const { run: whole } = await liveOn(pair, CONFIG, []);
        const { run } = await liveOn(pair, CONFIG, Array<Death>(20).fill({ item: far }));
        expect(substance(run, "fused")).toEqual(substance(whole, "fused"));
      }),
      { numRuns: 20 },
    );
  });
});
