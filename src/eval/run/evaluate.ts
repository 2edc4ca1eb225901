import { join } from "node:path";
import { linkSignals } from "../../core/linked-signals.js";
import { GreedyCache } from "../cache/greedy-cache.js";
import type { EvalRecord } from "../records/eval-record.js";
import { recordKey } from "../records/record-key.js";
import { RUN_FILES, RunFolder, writeWhole } from "../records/run-folder.js";
import { isGreedy } from "./describe-model.js";
import type { EvaluateOptions } from "./evaluate-options.js";
import { type MadeRecord, type PlannedReply, RecordMaker } from "./make-record.js";
import { type PlannedRun, planRun } from "./plan-run.js";
import { Refusals } from "./refusals.js";
import { passesOf, schedule } from "./schedule.js";

/**
 * Answers problems in several ways with the same two models, and judges the replies: a record for each, as they come. With
 * `work` each is on disk before it is yielded, and the same call goes on where a run was broken off. A reply that fails is a
 * record, too; a model that refuses everything ends the run.
 *
 * @throws GlimpRouterError `invalid_option` or `invalid_input` before the first request; a checker that throws, named with
 * its problem; a model's own error where five replies in a row failed with it. DataError where `work` holds another run.
 */
export async function* evaluate(options: EvaluateOptions): AsyncGenerator<EvalRecord, void, void> {
  yield* runPlanned(await planRun(options));
}

/** Runs what was planned: the records that are not there yet. */
export async function* runPlanned(plan: PlannedRun): AsyncGenerator<EvalRecord, void, void> {
  const kept = await KeptRun.open(plan);
  try {
    yield* recordsOf(plan, kept);
  } finally {
    await kept.close();
  }
}

/**
 * Begins a run, or finds it: what is compared is fixed from here on.
 *
 * @returns how many of its records are there
 */
export async function openRun(plan: PlannedRun): Promise<number> {
  const { work } = plan.options;
  if (work === undefined) return 0;
  const folder = await RunFolder.open(work, plan.run);
  await folder.close();
  return folder.keys.size;
}

/** Replies of a run: what it will have when it is done. */
export function totalOf(
  plan: Pick<PlannedRun, "run" | "options" | "arms" | "problems" | "pair">,
): number {
  const passes = plan.run.mode === "quality" ? 1 : passesOf(plan).length;
  return plan.arms.length * plan.problems.length * plan.run.repeats * passes;
}

async function* recordsOf(plan: PlannedRun, kept: KeptRun): AsyncGenerator<EvalRecord, void, void> {
  const own = new AbortController();
  const { signal, unlink } = linkSignals(plan.options.signal, own.signal);
  const maker = new RecordMaker(plan, kept.cache, signal);
  const refusals = new Refusals();
  const total = totalOf(plan);
  let done = kept.keys.size;
  const keep = async function* (records: readonly EvalRecord[]) {
    for (const record of records) {
      await kept.write(record);
      plan.options.onProgress?.({ run: kept.runFile, record, done: ++done, total });
      yield record;
    }
  };
  try {
    signal.throwIfAborted();
    const replies: AsyncGenerator<MadeRecord, void, void> = schedule(plan, {
      make: (planned) => maker.make(planned),
      isLeft: (planned) => !kept.has(planned),
      onProblemDone: ({ id }) => kept.cache?.forget(id),
      leave: () => own.abort(new Error("The run was left.")),
    });
    for await (const { record, failure } of replies) yield* keep(refusals.take(record, failure));
    yield* keep(refusals.rest());
  } finally {
    unlink();
  }
}

/** Where a run is kept: in a folder, or nowhere. */
class KeptRun {
  readonly cache: GreedyCache | null;
  readonly runFile: PlannedRun["run"];
  readonly #folder: RunFolder | null;

  private constructor(plan: PlannedRun, folder: RunFolder | null, cache: GreedyCache | null) {
    this.runFile = folder?.run ?? plan.run;
    this.#folder = folder;
    this.cache = cache;
  }

  static async open(plan: PlannedRun): Promise<KeptRun> {
    const { options, run, problems, pair } = plan;
    const { work } = options;
    const folder = work === undefined ? null : await RunFolder.open(work, run);
    if (folder !== null) {
      const lines = problems.map((problem) => `${JSON.stringify(problem)}\n`).join("");
      await writeWhole(join(folder.path, RUN_FILES.problems), lines);
    }
    // A latency is never taken from a cache.
    const isCached =
      run.mode === "quality" && Object.values(pair.models).some((model) => isGreedy(model));
    if (!isCached) return new KeptRun(plan, folder, null);
    const file = folder === null ? null : join(folder.path, RUN_FILES.cache);
    const underWay = unfinished(plan, folder?.keys ?? new Set());
    return new KeptRun(plan, folder, await GreedyCache.open(file, (id) => underWay.has(id)));
  }

  get keys(): ReadonlySet<string> {
    return this.#folder?.keys ?? new Set();
  }

  has({ arm, problem, repeat, atOnce }: PlannedReply): boolean {
    return this.keys.has(recordKey({ arm: arm.name, problem: problem.id, repeat, atOnce }));
  }

  async write(record: EvalRecord): Promise<void> {
    await this.#folder?.write(record);
  }

  async close(): Promise<void> {
    await this.cache?.close();
    await this.#folder?.close();
  }
}

/** Problems that have some of their records, not all: what was written for them may be of use. */
function unfinished(
  { arms, problems, run }: PlannedRun,
  keys: ReadonlySet<string>,
): ReadonlySet<string> {
  const places = arms.flatMap(({ name: arm }) =>
    Array.from({ length: run.repeats }, (_, repeat) => ({ arm, repeat, atOnce: 1 })),
  );
  const ids = problems.map(({ id }) => id);
  return new Set(
    ids.filter((problem) => {
      const there = places.filter((place) => keys.has(recordKey({ ...place, problem })));
      return there.length > 0 && there.length < places.length;
    }),
  );
}
