import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import type { RunFile } from "../../src/eval/records/run-file.js";
import { summarise } from "../../src/eval/summary/summarise.js";
import type { LatencyRatio, Summary } from "../../src/eval/summary/summary.js";

/** What `summarise` says of it, with the times of a run with `--latency` beside it. */
export async function madeSummary(run: RunFile, records: Iterable<EvalRecord>): Promise<Summary> {
  return { ...(await summarise(records, run, { draws: 500 })), latency: LATENCY };
}

const LATENCY: readonly LatencyRatio[] = [1, 8].flatMap((atOnce) =>
  [
    { arm: "routed", value: 0.74 },
    { arm: "small", value: 0.31 },
    { arm: "once", value: 0.92 },
  ].map(({ arm, value }) => ({
    arm,
    atOnce,
    ratio: around(value + (atOnce - 1) * 0.01),
    toAnswer: around(value - 0.02),
    throughput: 1 / value,
  })),
);

function around(value: number) {
  return { value, lo: value - 0.06, hi: value + 0.06 };
}
