import type { Role } from "./step-writer.js";
import { ThoughtError } from "./thought-error.js";
import { unlessAborted } from "./unless-aborted.js";

/** What one of the two does without, where it fails; `undefined`: nothing. Not where both do. */
export type StandIn<Result> = (role: Role, error: unknown) => Result | undefined;

/**
 * Does something for both models at once, before their thought begins. The first failure ends the other one's
 * work too, and an abort does not wait for either to notice it.
 *
 * @throws ThoughtError naming the role; without one where the signal was aborted
 */
export async function bothRoles<Result>(
  work: (role: Role, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
  standIn: StandIn<Result> = () => undefined,
): Promise<Record<Role, Result>> {
  const own = new AbortController();
  let lacking = false;
  const onAbort = () => own.abort(signal?.reason);
  const workFor = async (role: Role) => {
    try {
      return await work(role, own.signal);
    } catch (error) {
      const failure = new ThoughtError(error, role, null);
      const instead = lacking ? undefined : standIn(role, error);
      if (instead !== undefined) {
        lacking = true;
        return instead;
      }
      own.abort(failure);
      throw failure;
    }
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    const both = Promise.all([workFor("small"), workFor("large")]);
    const [small, large] = await unlessAborted(both, own.signal);
    return { small, large };
  } catch (error) {
    if (signal?.aborted) throw new ThoughtError(signal.reason, null, null);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
