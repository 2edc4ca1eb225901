import { expect, it } from "vitest";
import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import { writeReport } from "../../src/report/write-report.js";
import { pageOf } from "../page/page-of.js";
import { madeRun } from "./made-run.js";

/** 20 kB in the file: "<" takes six bytes there, "é" two. */
const LONG = "<".repeat(2500) + "é".repeat(2500);

it("what has no room is left out, arm by arm, and is told; outcomes stay", async () => {
  const made = await madeRun(40);
  const reported = {
    ...made,
    *records() {
      for (const record of made.records() as Iterable<EvalRecord>) {
        const steps = record.steps.map((step) => ({ ...step, text: LONG }));
        yield { ...record, steps, thought: record.thought && LONG };
      }
    },
  };
  const { html, bytes, leftOut } = await writeReport(reported);
  expect(bytes).toBeLessThan(5_000_000);
  expect(bytes).toBeGreaterThan(4_000_000);
  expect(leftOut).toHaveLength(1);
  const left = Number(/^(\d+) thoughts for want of room/.exec(leftOut[0] ?? "")?.[1]);
  expect(html).toContain(`Left out: ${left} thoughts for want of room: their outcomes are here.`);
  const { problems } = JSON.parse(pageOf(html).querySelector("#reader-data")?.textContent ?? "");
  const replies = problems.flatMap((each: { replies: object[] }) => each.replies);
  const gone = replies.filter((reply: { leftOut: boolean }) => reply.leftOut);
  expect(gone).toHaveLength(left);
  // 3.2 MB of the compared arm, 0.8 MB of large: small's do not all fit any more.
  const armsGone = new Set(gone.map(({ arm }: { arm: string }) => arm));
  expect([...armsGone].sort()).toEqual([
    ...["first-steps:2", "once", "routed-again", "small", "small-thought"],
  ]);
  expect(gone.every(({ status }: { status: string }) => status.length > 0)).toBe(true);
});
