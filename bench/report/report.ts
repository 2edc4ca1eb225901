import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRun } from "../../src/eval/run/read-run.js";
import { MOST_BYTES } from "../../src/report/page.js";
import { writeReport } from "../../src/report/write-report.js";
import { MADE_ARMS } from "../../test/report/made-records.js";
import { writeMadeRun } from "../../test/report/write-made-run.js";
import type { Bench } from "../bench.js";
import { collectGarbage } from "../collect-garbage.js";

const MOST_SECONDS = 10;
/** What the heap may grow by, of four times the problems. */
const MOST_GROWTH_MB = 16;
const ARMS = MADE_ARMS.slice(0, 10);

interface Written {
  readonly count: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
  readonly bytes: number;
  readonly heapMb: number;
}

/** `glimprouter report` on runs of simulated problems, from their folders. */
export const report: Bench = {
  name: "report",
  about: "a run of 10 arms as one HTML file: seconds, bytes, heap",
  async run() {
    const runs: Written[] = [];
    // The first one loads and warms what draws the charts.
    for (const count of [50, 250, 1000]) runs.push(await written(count));
    const [, few, many] = runs as [Written, Written, Written];
    const seconds = many.readSeconds + many.writeSeconds;
    const growth = many.heapMb - few.heapMb;
    return {
      tables: [
        {
          title: `Runs of ${ARMS.length} arms`,
          columns: ["problems", "summary, s", "page, s", "file, kB", "heap at most, MB"],
          rows: runs.map((run) => [
            String(run.count),
            run.readSeconds.toFixed(1),
            run.writeSeconds.toFixed(1),
            (run.bytes / 1000).toFixed(0),
            run.heapMb.toFixed(0),
          ]),
        },
      ],
      targets: [
        {
          what: "report of 1,000 problems, summary included",
          target: `<= ${MOST_SECONDS} s`,
          measured: `${seconds.toFixed(1)} s`,
          met: seconds <= MOST_SECONDS,
        },
        {
          what: "its file",
          target: `<= ${MOST_BYTES / 1e6} MB`,
          measured: `${(many.bytes / 1e6).toFixed(2)} MB`,
          met: many.bytes <= MOST_BYTES,
        },
        {
          what: "heap of 1,000 problems over that of 250",
          target: `<= ${MOST_GROWTH_MB} MB`,
          measured: `${growth.toFixed(0)} MB`,
          met: growth <= MOST_GROWTH_MB,
        },
      ],
    };
  },
};

async function written(count: number): Promise<Written> {
  const folder = await mkdtemp(join(tmpdir(), "glimprouter-bench-report-"));
  try {
    await writeMadeRun(folder, count, ARMS);
    const begun = performance.now();
    const run = await readRun(folder);
    const read = performance.now();
    const { bytes } = await writeReport(run);
    const end = performance.now();
    return {
      count,
      readSeconds: (read - begun) / 1000,
      writeSeconds: (end - read) / 1000,
      bytes,
      heapMb: (await heapWhile(async () => writeReport(await readRun(folder)))) / 1e6,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What lives at most while something runs; a second run, since looking takes time. */
async function heapWhile(work: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = work().finally(() => {
    isDone = true;
  });
  let most = 0;
  while (!isDone) most = Math.max(most, (await collectGarbage()).heapUsed);
  await done;
  return most;
}
