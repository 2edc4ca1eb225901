import { describe, expect, it } from "vitest";
import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { summarise } from "../../../src/eval/summary/summarise.js";
import { recordOf, runOf, usage } from "./simulated-run.js";

const timed = (arm: string, problem: string, ms: number, given: Partial<EvalRecord> = {}) =>
  recordOf({ arm, problem, ms, usage: { small: usage(0), large: usage(100) }, ...given });

const latency = async (records: readonly EvalRecord[]) =>
  (await summarise(records, runOf(["large", "routed"], { mode: "latency" }), { draws: 50 }))
    .latency;

describe("latency of a summary", () => {
  it("is the geometric mean over problems, with Student's t on the log scale", async () => {
    const [routed] = await latency([
      timed("large", "a", 1000),
      timed("large", "b", 10),
      timed("routed", "a", 500, { startedAt: 1000 }),
      timed("routed", "b", 20, { startedAt: 1500 }),
    ]);
    expect(routed).toMatchObject({ arm: "routed", atOnce: 1, toAnswer: null });
    expect(routed?.ratio.value).toBeCloseTo(1, 12);
    // Logs -ln 2 and ln 2: SE ln 2; t of one degree of freedom.
    expect(Math.log(routed?.ratio.hi ?? 0)).toBeCloseTo(Math.LN2 * 12.7062047364, 7);
  });

  it("is one ratio for each load, of replies at that load; a reply that failed is left out", async () => {
    const load = (atOnce: number, ms: number) =>
      ["a", "b"].flatMap((problem) => [
        timed("large", problem, 100, { atOnce, msToAnswer: 60 }),
        timed("routed", problem, ms, { atOnce, msToAnswer: 30 }),
      ]);
    const failed = [timed("large", "c", 100), timed("routed", "c", 1, { status: "error" })];
    const ratios = await latency([...load(8, 150), ...load(1, 50), ...failed]);
    expect(
      ratios.map(({ atOnce, ratio, toAnswer }) => [atOnce, ratio.value, toAnswer?.value]),
    ).toEqual([
      [1, expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)],
      [8, expect.closeTo(1.5, 12), expect.closeTo(0.5, 12)],
    ]);
  });

  it("tells throughput over the time in which an arm was busy, overlaps once, pauses not", async () => {
    const [routed] = await latency([
      // 200 tokens in 150 ms: two replies that overlap by 50.
      timed("large", "a", 100, { startedAt: 0, atOnce: 2 }),
      timed("large", "b", 100, { startedAt: 50, atOnce: 2 }),
      // 180 kept tokens in 300 ms, with a pause between.
      timed("routed", "a", 100, { startedAt: 1000, atOnce: 2 }),
      timed("routed", "b", 200, {
        startedAt: 5000,
        atOnce: 2,
        usage: { small: usage(40, 20), large: usage(60) },
      }),
    ]);
    expect(routed?.throughput).toBeCloseTo(180 / 300 / (200 / 150), 12);
  });

  it("is empty in a quality run: its times mean nothing", async () => {
    const records = [timed("large", "a", 10), timed("routed", "a", 10)];
    expect((await summarise(records, runOf([]), { draws: 10 })).latency).toEqual([]);
  });
});
