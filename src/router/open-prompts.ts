import type { Opening, Role, StepWriter } from "./step-writer.js";
import { ThoughtError } from "./thought-error.js";

/**
 * Renders the prompt for both models at once. The first failure ends the other rendering too.
 *
 * @throws ThoughtError naming the role
 */
export async function openPrompts<Prompt>(
  writers: Readonly<Record<Role, StepWriter<Prompt>>>,
  prompt: Prompt,
  signal?: AbortSignal,
): Promise<Record<Role, Opening>> {
  const own = new AbortController();
  const onAbort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const open = async (role: Role) => {
    try {
      return await writers[role].open(prompt, own.signal);
    } catch (error) {
      own.abort(error);
      throw new ThoughtError(error, role, null);
    }
  };
  try {
    if (signal?.aborted) throw new ThoughtError(signal.reason, null, null);
    const [small, large] = await Promise.all([open("small"), open("large")]);
    return { small, large };
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
