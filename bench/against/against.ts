import type { BenchResult } from "../bench.js";
import type { Target } from "../bench-table.js";
import { type BenchServer, startBenchServer } from "../http/start-bench-server.js";
import { median } from "../statistics.js";
import { type ComparedReading, comparedReadings } from "./compared-readings.js";
import { ratioInterval } from "./ratio-interval.js";
import { startMeasuredProcess } from "./start-measured-process.js";
import type { BuiltTrees } from "./tree.js";

/** "No slower than before": the upper end of new / old. */
const MOST = 1.05;

/** One round's figures of one reading: CPU microseconds a token. */
interface Sample {
  readonly old: number;
  readonly new: number;
}

/**
 * The old tree and the new one, in turns: every round starts both processes anew (how code is compiled and memory
 * laid out differs from start to start), warms both up, and measures each reading in both, the order alternating.
 */
export async function benchAgainst(
  bench: string,
  trees: BuiltTrees,
  rounds: number,
): Promise<BenchResult> {
  const readings = comparedReadings(bench);
  const server = await startServerFor(readings);
  const samples = readings.map((): Sample[] => []);
  try {
    for (let round = 0; round < rounds; round++) {
      const measured = await runRound({
        bench,
        trees,
        readings,
        server,
        oldFirst: round % 2 === 0,
      });
      for (const [index, sample] of measured.entries()) samples[index]?.push(sample);
    }
  } finally {
    server?.close();
  }
  return resultOf(readings, samples, trees.commit);
}

async function startServerFor(readings: readonly ComparedReading[]): Promise<BenchServer | null> {
  const options = readings.find((reading) => reading.server !== undefined)?.server;
  return options === undefined ? null : startBenchServer(options);
}

async function runRound(about: {
  readonly bench: string;
  readonly trees: BuiltTrees;
  readonly readings: readonly ComparedReading[];
  readonly server: BenchServer | null;
  readonly oldFirst: boolean;
}): Promise<readonly Sample[]> {
  const { bench, trees, readings, server, oldFirst } = about;
  const start = (entry: string) =>
    startMeasuredProcess(trees.measuredProcess, [entry, bench, server?.baseURL ?? ""]);
  const processes = { old: await start(trees.old), new: await start(trees.new) };
  const order = oldFirst ? (["old", "new"] as const) : (["new", "old"] as const);
  try {
    const samples: Sample[] = [];
    for (const [reading, { name, times, warmUps, server: options }] of readings.entries()) {
      if (options !== undefined) await server?.configure(options);
      await Promise.all(order.map((tree) => processes[tree].measure({ reading, times: warmUps })));
      const sample = { old: 0, new: 0 };
      const characters = new Set<number>();
      for (const tree of Array.from({ length: times }, () => order).flat()) {
        const measured = await processes[tree].measure({ reading, times: 1 });
        sample[tree] += measured.microsecondsPerToken / times;
        characters.add(measured.characters);
      }
      if (characters.size > 1) throw new Error(`${name}: the two trees write different texts.`);
      samples.push(sample);
      // Empties its list of requests.
      await server?.report();
    }
    return samples;
  } finally {
    processes.old.close();
    processes.new.close();
  }
}

function resultOf(
  readings: readonly ComparedReading[],
  samples: readonly (readonly Sample[])[],
  commit: string,
): BenchResult {
  const rows: string[][] = [];
  const targets: Target[] = [];
  for (const [index, { name }] of readings.entries()) {
    const rounds = samples[index] ?? [];
    const { ratio, low, high } = ratioInterval(rounds.map((round) => round.new / round.old));
    rows.push([
      name,
      median(rounds.map(({ old }) => old)).toFixed(2),
      median(rounds.map((round) => round.new)).toFixed(2),
      `${ratio.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
    ]);
    targets.push({
      what: `${name}: new / old, upper end`,
      target: `<= ${MOST}`,
      measured: high.toFixed(3),
      met: high <= MOST,
    });
  }
  return {
    tables: [
      {
        title: `CPU us a token, old is ${commit}; ${samples[0]?.length ?? 0} rounds`,
        columns: ["", "old, median", "new, median", "new / old (95 %)"],
        rows,
      },
    ],
    targets,
  };
}
