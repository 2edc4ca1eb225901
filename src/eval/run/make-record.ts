import { linkSignals } from "../../core/linked-signals.js";
import { ROLES, type Role } from "../../router/step-writer.js";
import type { Arm } from "../arms/arm.js";
import { type CacheSession, cachedWriter } from "../cache/cached-writer.js";
import type { GreedyCache } from "../cache/greedy-cache.js";
import { runChecker } from "../checkers/run-checker.js";
import type { Problem } from "../problems/problem.js";
import type { EvalRecord } from "../records/eval-record.js";
import { toRecord } from "../records/to-record.js";
import type { AskedPair, PairOfWriters } from "../replies/asked-pair.js";
import { messagesOf } from "../replies/messages-of.js";
import { oneCallReply } from "../replies/one-call.js";
import { routedReply } from "../replies/routed-reply.js";
import type { WrittenReply } from "../replies/written-reply.js";
import { isGreedy } from "./describe-model.js";
import type { PlannedRun } from "./plan-run.js";

/** One reply of a run. */
export interface PlannedReply {
  readonly arm: Arm;
  readonly problem: Problem;
  readonly repeat: number;
  readonly atOnce: number;
}

export interface MadeRecord {
  readonly record: EvalRecord;
  /** What the reply failed with; `null` where it did not. */
  readonly failure: unknown;
}

/** What replies are written and judged with. */
export type RecordPlan = Pick<PlannedRun, "pair" | "drafted" | "checker" | "options">;

/** Has replies written and judged. */
export class RecordMaker {
  readonly #plan: RecordPlan;
  /** `null`: every token is written. */
  readonly #cache: GreedyCache | null;
  readonly #signal: AbortSignal;

  constructor(plan: RecordPlan, cache: GreedyCache | null, signal: AbortSignal) {
    this.#plan = plan;
    this.#cache = cache;
    this.#signal = signal;
  }

  /**
   * @throws the signal's reason; GlimpRouterError `invalid_input` where the checker throws. Whatever a model does is in
   * the record.
   */
  async make({ arm, problem, repeat, atOnce }: PlannedReply): Promise<MadeRecord> {
    const { checker } = this.#plan;
    const reply = await this.#write({ arm, problem, repeat, atOnce });
    const { answer: text, thought, steps, failure, isTruncated } = reply;
    const checked =
      failure !== null || isTruncated
        ? null
        : await runChecker(
            checker,
            {
              text,
              thought: thought ?? steps.map((step) => step.text).join(""),
              ...(reply.record === null ? {} : { record: reply.record }),
            },
            problem,
          );
    const record = toRecord(reply, { problem, arm: arm.name, repeat, atOnce, checked });
    return { record, failure };
  }

  /** Once, as a rule: again where the cache held too little, which is then written anew. */
  async #write(planned: PlannedReply): Promise<WrittenReply> {
    const pair = this.#pairOf(planned.arm);
    const cache = this.#cache;
    // A repeat is to show how replies differ.
    if (cache === null || !planned.arm.cached || planned.repeat > 0) {
      return this.#ask(planned, pair.writers);
    }
    const session = { cache, problem: planned.problem.id, stale: new Set<string>() };
    for (;;) {
      const known = session.stale.size;
      const reply = await this.#ask(planned, cachedWriters(pair, session));
      if (session.stale.size === known) return reply;
    }
  }

  async #ask(planned: PlannedReply, writers: PairOfWriters): Promise<WrittenReply> {
    // Many replies at once have one signal: each would listen to it several times.
    const { signal, unlink } = linkSignals(this.#signal);
    try {
      return await this.#askFor(planned, writers, signal);
    } finally {
      unlink();
    }
  }

  #pairOf({ isDrafted }: Arm): AskedPair {
    const { pair, drafted } = this.#plan;
    return isDrafted === true && drafted !== null ? drafted : pair;
  }

  #askFor(
    { arm, problem, repeat }: PlannedReply,
    writers: PairOfWriters,
    signal: AbortSignal,
  ): Promise<WrittenReply> {
    const { options } = this.#plan;
    const pair = this.#pairOf(arm);
    const messages = messagesOf(problem);
    const { way } = arm;
    if (way.kind === "routed") {
      const place = { problem: problem.id, repeat };
      return routedReply(pair, pair.options(way.options(place), writers), messages, signal);
    }
    const isScored = way.by === "small" && options.mode !== "latency";
    const call = { role: way.by, writers, options: pair.options({}), messages, isScored };
    return oneCallReply(pair, call, signal);
  }
}

function cachedWriters({ models, writers }: AskedPair, session: CacheSession): PairOfWriters {
  const cached = (role: Role) =>
    cachedWriter(writers[role], { model: role, isGreedy: isGreedy(models[role]) }, session);
  return Object.fromEntries(ROLES.map((role) => [role, cached(role)])) as unknown as PairOfWriters;
}
