import { GlimpRouterError } from "../../errors.js";
import type { Role } from "../../router/step-writer.js";
import type { EvalRecord } from "../records/eval-record.js";

/** So many replies in a row that fail alike: the model refuses everything. */
const ENOUGH = 5;

/** Statuses of a server that lets nobody in: no other reply will fare better. */
const SHUT: readonly unknown[] = [401, 403];

interface Streak {
  /** What they failed with. */
  readonly alike: string;
  readonly held: EvalRecord[];
}

/**
 * Tells a reply that failed from a model that refuses everything. Failures are held back until a reply of that model
 * succeeds: a run that ends because of them leaves no record of them, and asks again when it goes on.
 */
export class Refusals {
  readonly #streaks = new Map<Role | null, Streak>();

  /**
   * @returns what is to be written now: nothing while it may turn out to be a refusal
   * @throws GlimpRouterError with the failures' own reason, where there are enough of them
   */
  take(record: EvalRecord, failure: unknown): readonly EvalRecord[] {
    if (failure === null) return [...this.#relieved(record), record];
    const { role = null, alike } = aboutOf(failure);
    const streak = this.#streaks.get(role ?? null);
    const held = streak?.alike === alike ? streak.held : [];
    const before = streak?.alike === alike ? [] : (streak?.held ?? []);
    this.#streaks.set(role ?? null, { alike, held: [...held, record] });
    const isShut = SHUT.includes((failure as { status?: unknown }).status);
    if (isShut || held.length + 1 >= ENOUGH) throw refusal(failure, held.length + 1);
    return before;
  }

  /** The run is over: what is held was no refusal. */
  rest(): readonly EvalRecord[] {
    const held = [...this.#streaks.values()].flatMap((streak) => streak.held);
    this.#streaks.clear();
    return held;
  }

  /** A reply succeeded: the models that wrote it do write. */
  #relieved({ requests }: EvalRecord): readonly EvalRecord[] {
    const relieved: EvalRecord[] = [];
    for (const [role, { held }] of this.#streaks) {
      if (role !== null && requests[role] === 0) continue;
      relieved.push(...held);
      this.#streaks.delete(role);
    }
    return relieved;
  }
}

function aboutOf(failure: unknown): { readonly role?: Role | undefined; readonly alike: string } {
  if (!GlimpRouterError.isInstance(failure)) return { alike: String(failure) };
  const { role, reason, status } = failure;
  return { role, alike: `${reason} ${status ?? ""}` };
}

function refusal(failure: unknown, count: number): GlimpRouterError {
  const { reason, role, status } = GlimpRouterError.isInstance(failure)
    ? failure
    : { reason: "server" as const, role: undefined, status: undefined };
  const said = failure instanceof Error ? failure.message : String(failure);
  const what = count === 1 ? "A model lets nobody in" : `${count} replies in a row failed alike`;
  return new GlimpRouterError(
    `${what}, so the run ends here; what was written before is kept. ${said}`,
    { reason, role, status, cause: failure },
  );
}
