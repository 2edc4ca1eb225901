import type { Role } from "../router/step-writer.js";
import { openAIAccess } from "../writers/connection/openai-client.js";
import { isNamed } from "../writers/ollama/ollama-server.js";
import type { ExaminedReport } from "./examine-model.js";
import { examinedModel } from "./examined-model.js";
import { ok, skipped, warning } from "./finding.js";
import type { Finding, PairCheckReport } from "./report.js";
import { questionsFor } from "./servers/questions-for.js";

/**
 * Are both models in memory, where one server loads and unloads them by itself? Small was written with first, then large:
 * what is there now is what is there behind a hand-off.
 *
 * @returns nothing where the two are not of one such server
 */
export async function examineMemory(
  models: Readonly<Record<Role, unknown>>,
  { small, large }: Readonly<Record<Role, ExaminedReport>>,
  signal?: AbortSignal,
): Promise<readonly PairCheckReport[]> {
  const { address, name, continuation } = large.report;
  const { inMemory, loading } = questionsFor(continuation ?? "") ?? {};
  const areOfOne = small.report.continuation === continuation && small.report.address === address;
  if (inMemory === undefined || !areOfOne || small.report.name === name) return [];
  const standIn = examinedModel(models.large, "large");
  const look = async (): Promise<Finding> => {
    const own = new AbortController();
    const access = openAIAccess(standIn, "large");
    const names = await inMemory(access, signal ?? own.signal);
    const ms = (await loading?.(access, signal ?? own.signal)) ?? 0;
    return findingOf({ names, ms }, small.report.name ?? "");
  };
  const finding = await look().catch(() => skipped("the server does not tell"));
  signal?.throwIfAborted();
  return [{ id: "memory", title: "Both in memory", ...finding }];
}

/** Milliseconds that a model may need where it is in memory already. */
const LOADED_MS = 1000;

/** @param seen.ms - for which large's last request waited until the model was loaded: it was there just before */
function findingOf(
  { names, ms }: { readonly names: readonly string[]; readonly ms: number },
  small: string,
): Finding {
  const isThere = names.some((name) => isNamed({ name }, small));
  if (isThere && names.length > 1 && ms <= LOADED_MS)
    return ok(`${names.length} models are, small and large among them`);
  if (isThere && names.length > 1)
    return warning(
      `both are, but large was loaded anew for one more request (${(ms / 1000).toFixed(1)} s)`,
      "Give every user of the server the same `options` (num_ctx, num_batch, num_gpu, use_mmap, num_thread): others load the model anew. `keepAlive` must not be 0.",
    );
  return warning(
    "large has put small out of memory: every hand-off loads a model anew, which takes seconds",
    "Set OLLAMA_MAX_LOADED_MODELS to 2 or more on the server; if the two do not fit, set a smaller `numCtx`, take smaller quantizations, or serve one of them elsewhere.",
  );
}
