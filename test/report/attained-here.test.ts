import { expect, it } from "vitest";
import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import type { Calibration } from "../../src/langchain/calibration/calibration.js";
import { AttainedHere } from "../../src/report/attained-here.js";
import { madeProblems, madeRecords } from "./made-records.js";
import { madeRun } from "./made-run.js";

/** Two clusters: 1 of 4 steps by large, then 2 of 4; tokens of a step are 10, of one by large 30. */
const RECORDS = [1, 2].flatMap((byLarge, cluster) => {
  const [routed, large] = [...madeRecords(madeProblems(1), ["routed", "large"])] as EvalRecord[];
  const steps = (routed as EvalRecord).steps.map((step, index) => {
    const route = index < byLarge ? ("large" as const) : ("small" as const);
    const tokens = route === "large" ? 30 : 10;
    return { ...step, route, tokens, parts: [{ route, tokens, ms: 1, from: 0 }] };
  });
  const told = (record: EvalRecord, output: number) => ({
    ...record,
    cluster: String(cluster),
    usage: { ...record.usage, large: { ...record.usage.large, output } },
  });
  return [
    { ...told(routed as EvalRecord, 30 * byLarge), steps },
    told(large as EvalRecord, 100),
    told({ ...(routed as EvalRecord), arm: "once" }, 1000),
  ];
});

async function attained(target: Calibration["target"], records: readonly EvalRecord[] = RECORDS) {
  const { run } = await madeRun(2);
  const here = new AttainedHere({ ...(run.calibration as Calibration), target }, "routed");
  for (const record of records) here.add(record);
  return here.estimate();
}

it("what was aimed at is counted in steps, in the thought's tokens, or in large's alone", async () => {
  expect((await attained({ steps: 0.3 }))?.value).toBe(3 / 8);
  expect((await attained({ largeTokens: 0.3 }))?.value).toBe(90 / 140);
  expect((await attained({ cost: 0.3 }))?.value).toBe(90 / 200);
});

it("its interval is that of a ratio over clusters", async () => {
  const estimate = await attained({ steps: 0.3 });
  // sqrt(2 (0.5^2 + 0.5^2)) / 8, times t of one degree of freedom.
  expect(estimate?.hi).toBeCloseTo(3 / 8 + (12.7062 * 1) / 8, 4);
  expect(estimate?.lo).toBe(0);
});

it("one cluster has no interval, and nothing no rate", async () => {
  expect(await attained({ steps: 0.3 }, RECORDS.slice(0, 3))).toBeNull();
  expect(await attained({ cost: 0.3 }, [])).toBeNull();
});
