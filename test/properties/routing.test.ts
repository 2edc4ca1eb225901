import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { always } from "../../src/core/policies/always.js";
import { random } from "../../src/core/policies/random.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import { CONFIG, drive, type Run, runOver } from "../router/run-thought.js";
import { type Cuts, type Plan, PlannedPair } from "./planned-models.js";
import { cuts, plan } from "./plans.js";

const ONE_BY_ONE: Cuts = [1];

async function runPlan(
  given: Plan,
  server: { cuts: Cuts; keepStop: boolean },
  config: Partial<RouteConfig> = {},
): Promise<Run> {
  const pair = new PlannedPair(given, server);
  const run = await runOver(pair, { ...CONFIG, ...config });
  expect(pair.open).toBe(0);
  return run;
}

/** Everything of a reply that must not depend on chunks. */
function substance({ thought, answer, record, events }: Run, { small }: Plan) {
  const { steps, stopReason, handoffs, requests } = record;
  // What large wrote is counted by its server, which may have sent more than was kept; and a character
  // whose bytes are all listed without text cannot be told from an EOS behind it.
  const counted = (route: string, tokens: number) =>
    route === "small" && small.every(({ named }) => named) ? tokens : 0;
  return {
    thought,
    answer,
    stopReason,
    handoffs,
    requests,
    steps: steps.map(({ ms: _ms, tokens, parts, ...step }) => ({
      ...step,
      tokens: counted(step.route, tokens),
      parts: parts.map(({ ms: _ms, ...part }) => ({
        ...part,
        tokens: counted(part.route, part.tokens),
      })),
    })),
    texts: events.flatMap((event) => (event.type === "step-end" ? [event.text] : [])),
    glimpses: events.filter(({ type }) => type === "route-decided"),
  };
}

/** Everything that fused and probed glimpses must agree on; a glued glimpse's token is another one's rest. */
function decisions({ thought, answer, record, events }: Run) {
  return {
    thought,
    answer,
    stopReason: record.stopReason,
    steps: record.steps.map(({ route, entropy, end }) => ({ route, entropy, end })),
    glimpses: events.flatMap((event) =>
      event.type === "route-decided" ? [[event.entropy, event.route, event.forced]] : [],
    ),
  };
}

const server = fc.record({ cuts, keepStop: fc.boolean() });
const limits = fc.record({
  maxStepTokens: fc.constantFrom(2, 5, 512),
  maxSteps: fc.constantFrom(3, 1000),
  answerBy: fc.constantFrom("small" as const, "large" as const),
});

describe("steps, glimpses, routes, text and record", () => {
  it("do not depend on how a fused stream is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, limits, async (given, { cuts, keepStop }, config) => {
        const whole = await runPlan(given, { cuts: ONE_BY_ONE, keepStop }, config);
        const chunked = await runPlan(given, { cuts, keepStop }, config);
        expect(substance(chunked, given)).toEqual(substance(whole, given));
      }),
      { numRuns: 150 },
    );
  });

  it("do not depend on how probes and steps are cut into chunks, nor on who keeps a stop string", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, limits, async (given, { cuts, keepStop }, config) => {
        const probing = { ...config, glimpse: "probe" } as const;
        const whole = await runPlan(given, { cuts: ONE_BY_ONE, keepStop: false }, probing);
        const chunked = await runPlan(given, { cuts, keepStop }, probing);
        expect(decisions(chunked)).toEqual(decisions(whole));
      }),
      { numRuns: 100 },
    );
  });

  it("do not depend on the glimpse mode; the requests do", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, limits, async (given, chunks, config) => {
        const fused = await runPlan(given, chunks, config);
        const probe = await runPlan(given, chunks, { ...config, glimpse: "probe" });
        expect(decisions(probe)).toEqual(decisions(fused));
        const byLarge = fused.record.steps.filter(({ route }) => route === "large").length;
        const { small, large } = fused.record.requests;
        const asked = small + large;
        // Steps that begin with a blank line are asked for twice.
        const twice = large - byLarge - (config.answerBy === "large" ? 1 : 0);
        expect(asked - twice).toBeLessThanOrEqual(2 * byLarge + 2);
      }),
      { numRuns: 150 },
    );
  });

  it("do not depend on where a policy that looks at no glimpse gets them from", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, fc.integer(), async (given, chunks, seed) => {
        const config = { policy: random(0.5, seed) };
        const fused = await runPlan(given, chunks, config);
        const probe = await runPlan(given, chunks, { ...config, glimpse: "probe" });
        expect(decisions(probe)).toEqual(decisions(fused));
      }),
      { numRuns: 100 },
    );
  });
});

describe("the text", () => {
  it("of a thought by small alone is what small wrote, verbatim, up to the closing tag", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, async (given, chunks) => {
        const { thought, record } = await runPlan(given, chunks, { policy: always("small") });
        const written = given.small
          .map(({ text }) => text)
          .join("")
          .slice(given.tag.length);
        fc.pre(
          record.stopReason !== "repetition" && !record.steps.some((s) => s.route === "large"),
        );
        expect(thought).toBe(written.split("</think>")[0]);
      }),
      { numRuns: 100 },
    );
  });

  it("is in the deltas of its steps, each character once", async () => {
    await fc.assert(
      fc.asyncProperty(plan, server, limits, async (given, chunks, config) => {
        const { thought, events } = await runPlan(given, chunks, config);
        const deltas = events.flatMap((event) => (event.type === "text-delta" ? [event] : []));
        expect(deltas.map(({ text }) => text).join("")).toBe(thought);
        for (const event of events) {
          if (event.type !== "step-end") continue;
          const own = deltas.filter(({ step }) => step === event.record.step);
          expect(own.map(({ text }) => text).join("")).toContain(event.text);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("the reducer", () => {
  it("is pure, and its state is plain JSON after every event", async () => {
    const mode = fc.constantFrom("fused" as const, "probe" as const);
    await fc.assert(
      fc.asyncProperty(plan, server, limits, mode, async (given, chunks, limits, glimpse) => {
        const config = { ...CONFIG, ...limits, glimpse };
        const { events, state } = await runOver(new PlannedPair(given, chunks), config);
        const driven = await drive(new PlannedPair(given, chunks), config);
        expect(driven).toEqual({ events, state });
      }),
      { numRuns: 25 },
    );
  });
});
