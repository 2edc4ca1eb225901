import { describe, expect, it } from "vitest";
import type { Drift } from "../../../src/index.js";
import { everyToken } from "../../../src/index.js";
import { DriftWatch } from "../../../src/langchain/calibration/drift.js";
import { scriptedRouter } from "../scripted-pair.js";
import { CALIBRATION } from "./a-calibration.js";

const VERIFY = { by: "self", threshold: 0.5, when: "always" } as const;

/** Replies of three steps, of which the second one goes to large. */
async function driftOf(rate: Drift["attained"], replies: number) {
  const threshold = { ...CALIBRATION, attained: { ...CALIBRATION.attained, rate } };
  const { router } = scriptedRouter({}, { threshold, verifyCalibration: false });
  const told: { readonly after: number; readonly drift: Drift }[] = [];
  let after = 0;
  const handler = {
    handleCustomEvent: (name: string, data: unknown) => {
      if (name === "glimprouter_drift") told.push({ after, drift: data as Drift });
    },
  };
  for (after = 1; after <= replies; after++) {
    await router.invoke("2+2?", { callbacks: [handler] });
  }
  return told;
}

describe("drift", () => {
  it("is told once in the life of a router, when 500 decisions are over", async () => {
    const rate = { value: 0.2, lo: 0.15, hi: 0.25 };
    const told = await driftOf(rate, 172);
    expect(told).toHaveLength(1);
    // 167 replies of three decisions are the first that have 500.
    expect(told[0]?.after).toBe(167);
    expect(told[0]?.drift).toMatchObject({ calibration: "cal-1", decisions: 501, attained: rate });
    expect(told[0]?.drift.rate).toBeCloseTo(1 / 3, 10);
    expect(told[0]?.drift.message).toContain(
      "33.3 % of 501 decisions went to large, where the calibration lets expect 15.0 % to 25.0 %",
    );
  });

  it("is none within the interval, and is looked for again in the next 500", () => {
    const rate = { value: 1 / 3, lo: 0.3, hi: 0.36 };
    const watch = new DriftWatch({ ...CALIBRATION, attained: { ...CALIBRATION.attained, rate } });
    const replies = (large: number) => {
      watch.policy.settle?.({ places: 500, large, step: 1, latest: {} });
      return watch.hear([]);
    };
    expect([166, 150, 180].map(replies)).toEqual([null, null, null]);
    expect(replies(149)).toMatchObject({ rate: 0.298, decisions: 500 });
    expect(replies(10)).toBeNull();
  });

  it("counts a place once that is asked again and again", () => {
    const watch = new DriftWatch({ ...CALIBRATION, threshold: 1 });
    let state: unknown;
    for (const [step, occasion, value] of [
      [1, 0, 0.5],
      [1, 0, 1.5],
      [1, 0, 1.2],
      [1, 1, 0.1],
      [2, 0, 0.1],
    ] as const) {
      const answer = watch.policy(
        { point: "p", occasion, value } as never,
        { step, state } as never,
      );
      state = (answer as { state: unknown }).state;
    }
    expect(state).toMatchObject({ places: 3, large: 1 });
  });

  it("of a verification is counted in judged steps", () => {
    const rate = { value: 0.1, lo: 0.05, hi: 0.15 };
    const calibration = {
      ...CALIBRATION,
      verify: VERIFY,
      attained: { ...CALIBRATION.attained, rate },
    };
    const watch = new DriftWatch(calibration);
    const step = (accepted: boolean) => ({ verified: { by: "self", value: 0.1, accepted, ms: 1 } });
    const steps = [step(true), step(true), step(true), step(false), {}] as never;
    const told = Array.from({ length: 125 }, () => watch.hear(steps));
    expect(told.slice(0, -1).every((each) => each === null)).toBe(true);
    expect(told.at(-1)).toMatchObject({ rate: 0.25, decisions: 500 });
    expect(watch.hear(steps)).toBeNull();
  });

  it("does not hear calls with a policy of their own", async () => {
    const threshold = {
      ...CALIBRATION,
      attained: { ...CALIBRATION.attained, rate: { value: 0.9, lo: 0.8, hi: 1 } },
    };
    const { router } = scriptedRouter({}, { threshold, verifyCalibration: false });
    const told: string[] = [];
    const callbacks = [{ handleCustomEvent: (name: string) => void told.push(name) }];
    for (let reply = 0; reply < 30; reply++) {
      await router.invoke("2+2?", { callbacks, glimpseAt: everyToken(), threshold: 2.9 });
    }
    expect(told).toContain("glimprouter_step");
    expect(told).not.toContain("glimprouter_drift");
  });
});
