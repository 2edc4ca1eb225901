import { expect, it } from "vitest";
import type { EvalRecord, EvalStep } from "../../src/eval/records/eval-record.js";
import { readFirst } from "../../src/report/first-reading.js";
import type { RunSignal } from "../../src/report/signal-of-run.js";
import { madeProblems, madeRecords } from "./made-records.js";
import { madeRun } from "./made-run.js";

const SIGNAL: RunSignal = { calibration: null, tau: 1, direction: "above", unit: "nats" };

/** Replies of routed to problems of their own, whose steps had these values. */
function recordsOf(values: readonly (readonly number[])[]): EvalRecord[] {
  const [one] = [...madeRecords(madeProblems(1), ["routed"])];
  const [step] = one?.steps ?? [];
  const [decision] = step?.decisions ?? [];
  return values.map((each, index) => ({
    ...(one as EvalRecord),
    problem: String(index),
    steps: each.map((value) => ({ ...step, decisions: [{ ...decision, value }] }) as EvalStep),
  }));
}

const read = async (records: readonly EvalRecord[], signal = SIGNAL) =>
  readFirst({ ...(await madeRun(2)), records: () => records }, signal);

it("the threshold is an edge of the bars, and a value at it is on small's side", async () => {
  const { histogram } = await read(recordsOf([[0, 1, 1, 1.000001, 3]]));
  const at = histogram.bins.findIndex(({ to }) => to === 1);
  expect(histogram.bins[0]?.from).toBe(0);
  expect(histogram.bins.slice(0, at + 1).reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect(histogram.bins.slice(at + 1).reduce((sum, { count }) => sum + count, 0)).toBe(2);
});

it("values that are all the same make one bar; none, none", async () => {
  const same = await read(recordsOf([[0, 0]]), { ...SIGNAL, tau: null });
  expect(same.histogram.bins.map(({ count }) => count)).toEqual([2]);
  const none = await read(recordsOf([[]]));
  expect(none.histogram.bins).toEqual([]);
  expect(none.capture).toEqual([]);
});

it("of small's wrong problems, the share among those with the highest value", async () => {
  const routed = recordsOf([[0.1, 0.9], [0.2], [2, 0], [1.5]]);
  const small = routed.map((record, index) => ({
    ...record,
    arm: "small",
    // The second and the third are wrong; the third has the highest value.
    score: index === 1 || index === 2 ? 0 : 1,
  }));
  const { capture } = await read([...routed, ...small]);
  expect(capture).toEqual([
    { top: 0, captured: 0 },
    { top: 0.25, captured: 0.5 },
    { top: 0.5, captured: 0.5 },
    { top: 0.75, captured: 0.5 },
    { top: 1, captured: 1 },
  ]);
  const below = await read([...routed, ...small], { ...SIGNAL, direction: "below" });
  expect(below.capture[1]).toEqual({ top: 0.25, captured: 0.5 });
  expect(below.capture[2]).toEqual({ top: 0.5, captured: 0.5 });
});

it("of repeats the first tells who was right", async () => {
  const [first] = recordsOf([[2]]) as [EvalRecord];
  const again = { ...first, repeat: 1, score: 1 - first.score };
  const { outcomes, histogram } = await read([again, first]);
  expect(outcomes.get("0")?.primary?.isRight).toBe(first.score === 1);
  expect(histogram.bins.reduce((sum, { count }) => sum + count, 0)).toBe(2);
});
