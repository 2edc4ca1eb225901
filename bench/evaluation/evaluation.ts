import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "../../src/eval/run/evaluate.js";
import { embeddedPair } from "../../src/local/index.js";
import type { Bench } from "../bench.js";
import { collectGarbage } from "../collect-garbage.js";
import { madeTapes } from "./made-tapes.js";

const PROBLEMS = 1000;
const MOST_MINUTES = 20;
/** Replies after which the heap is looked at: about a tenth of all. */
const EARLY = 2000;
/** What it may grow by from there to the end. */
const MOST_GROWTH_MB = 40;

/** `evaluate` with its default arms on the tape pair, into a folder, greedy continuations shared. */
export const evaluation: Bench = {
  name: "evaluation",
  about: "1,000 tapes x the default arms on the embedded pair: minutes, heap, bytes",
  async run() {
    const folder = await mkdtemp(join(tmpdir(), "glimprouter-bench-evaluation-"));
    try {
      return resultOf(await measure(folder));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

interface Measured {
  readonly arms: number;
  readonly replies: number;
  readonly minutes: number;
  readonly cpuMinutes: number;
  readonly heapMb: readonly [early: number, end: number];
  readonly recordsMb: number;
  readonly cacheMb: number;
}

async function measure(folder: string): Promise<Measured> {
  const { small, large, threshold, dispose } = await embeddedPair();
  const arms = new Set<string>();
  const heapMb: number[] = [];
  let replies = 0;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  try {
    const problems = madeTapes(PROBLEMS);
    const records = evaluate({ small, large, threshold, problems, checker: "boxed", work: folder });
    for await (const { arm } of records) {
      arms.add(arm);
      replies++;
      if (replies === EARLY) heapMb.push(await heapNow());
    }
  } finally {
    await dispose();
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    arms: arms.size,
    replies,
    minutes: (performance.now() - begun) / 60_000,
    cpuMinutes: (user + system) / 60e6,
    heapMb: [heapMb[0] ?? Number.NaN, await heapNow()],
    recordsMb: await megabytes(join(folder, "records.jsonl")),
    cacheMb: await megabytes(join(folder, "cache.jsonl")),
  };
}

async function heapNow(): Promise<number> {
  return (await collectGarbage()).heapUsed / 1e6;
}

async function megabytes(file: string): Promise<number> {
  return (await stat(file)).size / 1e6;
}

function resultOf(measured: Measured): Awaited<ReturnType<Bench["run"]>> {
  const [early, end] = measured.heapMb;
  return {
    tables: [
      {
        title: `${PROBLEMS} tapes x ${measured.arms} arms`,
        columns: ["replies", "minutes", "CPU, minutes", "heap, MB", "records, MB", "cache, MB"],
        rows: [
          [
            String(measured.replies),
            measured.minutes.toFixed(1),
            measured.cpuMinutes.toFixed(1),
            end.toFixed(0),
            measured.recordsMb.toFixed(1),
            measured.cacheMb.toFixed(1),
          ],
        ],
      },
    ],
    targets: [
      {
        what: `${PROBLEMS} problems x the default arms`,
        target: `<= ${MOST_MINUTES} min`,
        measured: `${measured.minutes.toFixed(1)} min`,
        met: measured.minutes <= MOST_MINUTES,
      },
      {
        what: "heap at the end over that after 2,000 replies",
        target: `<= ${MOST_GROWTH_MB} MB`,
        measured: `${(end - early).toFixed(0)} MB`,
        met: end - early <= MOST_GROWTH_MB,
      },
    ],
  };
}
