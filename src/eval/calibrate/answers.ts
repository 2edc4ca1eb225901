import type { Arm } from "../arms/arm.js";
import { GreedyCache } from "../cache/greedy-cache.js";
import type { Problem } from "../problems/problem.js";
import type { EvalRecord } from "../records/eval-record.js";
import { RecordMaker, type RecordPlan } from "../run/make-record.js";
import { mergeBounded } from "../run/merge-bounded.js";
import { Refusals } from "../run/refusals.js";
import { type KeptValue, Tally } from "./tally.js";
import type { WorkLog } from "./work-log.js";

/** Has a reply of an arm written and judged. */
export type Answer = (arm: Arm, repeat: number) => Promise<EvalRecord>;

/** One thing to be done for a problem, and kept under a key. */
export interface Task<Value extends KeptValue> {
  readonly key: string;
  /** @param before - what the problem's tasks before this one gave */
  make(answer: Answer, before: readonly Value[]): Promise<Value>;
}

/** Has tasks done, many problems at once; what is kept already is not done again. */
export class Answers {
  readonly plan: RecordPlan;
  readonly signal: AbortSignal;
  readonly tally = new Tally();
  readonly #log: WorkLog;
  readonly #onKept: (phase: string) => void;
  readonly #refusals = new Refusals();

  constructor(
    plan: RecordPlan,
    log: WorkLog,
    { signal, onKept }: { readonly signal: AbortSignal; readonly onKept: (phase: string) => void },
  ) {
    this.plan = plan;
    this.signal = signal;
    this.#log = log;
    this.#onKept = onKept;
  }

  /**
   * @param tasksOf - of one problem, done one after the other, so that they find what was written before
   * @returns what they gave, by problem, in the problems' order
   * @throws the signal's reason; GlimpRouterError where a model refuses everything, or the checker throws
   */
  async all<Value extends KeptValue>(
    phase: string,
    problems: readonly Problem[],
    tasksOf: (problem: Problem) => readonly Task<Value>[],
  ): Promise<readonly (readonly Value[])[]> {
    // What is kept on disk are replies: what they were made of is forgotten with the phase.
    const cache = await GreedyCache.open(null, () => false);
    const maker = new RecordMaker(this.plan, cache, this.signal);
    const done = problems.map((): Value[] => []);
    const sources = problems.map((problem, index) =>
      this.#work({ phase, problem, tasks: tasksOf(problem), maker, cache }, done[index] ?? []),
    );
    const { concurrency = 1 } = this.plan.options;
    const merged = mergeBounded(sources, concurrency, () => undefined);
    for await (const isNew of merged) if (isNew) this.#onKept(phase);
    return done;
  }

  async *#work<Value extends KeptValue>(
    of: {
      readonly phase: string;
      readonly problem: Problem;
      readonly tasks: readonly Task<Value>[];
      readonly maker: RecordMaker;
      readonly cache: GreedyCache;
    },
    done: Value[],
  ): AsyncGenerator<boolean, void, void> {
    const { problem, tasks, maker, cache } = of;
    for (const { key, make } of tasks) {
      this.signal.throwIfAborted();
      const isNew = !this.#log.has(key);
      const value = isNew
        ? await this.#made({ key, make: (answer) => make(answer, done) }, problem, maker)
        : (this.#log.get(key) as Value);
      this.tally.add(key, value);
      done.push(value);
      // One that failed is not there when the calibration goes on.
      yield isNew && this.#log.has(key);
    }
    cache.forget(problem.id);
  }

  /** A reply that failed counts as wrong, and is asked for again when the calibration goes on: it is not kept. */
  async #made<Value extends KeptValue>(
    { key, make }: { readonly key: string; make(answer: Answer): Promise<Value> },
    problem: Problem,
    maker: RecordMaker,
  ): Promise<Value> {
    let hasFailed = false;
    const answer: Answer = async (arm, repeat) => {
      const { record, failure } = await maker.make({ arm, problem, repeat, atOnce: 1 });
      hasFailed ||= failure !== null;
      this.#refusals.take(record, failure);
      return record;
    };
    const value = await make(answer);
    if (!hasFailed) await this.#log.keep(key, value);
    return value;
  }
}
