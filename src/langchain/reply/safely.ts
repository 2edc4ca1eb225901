import { GlimpRouterError } from "../../errors.js";
import type { Secrets } from "../../writers/connection/secrets.js";
import { showable } from "../../writers/connection/server-words.js";

/** What fails beside the thought is told in the record: its words pass the place that all words of a server do. */
export async function safely<Value>(
  work: () => Promise<Value>,
  secrets: () => Secrets,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // Ours quotes safely already.
    const hidden = GlimpRouterError.isInstance(error) ? [] : secrets();
    throw new Error(showable(said, hidden));
  }
}
