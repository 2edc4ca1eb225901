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
  const inMemory = questionsFor(continuation ?? "")?.inMemory;
  const areOfOne = small.report.continuation === continuation && small.report.address === address;
  if (inMemory === undefined || !areOfOne || small.report.name === name) return [];
  const standIn = examinedModel(models.large, "large");
  const look = async (): Promise<Finding> => {
    const own = new AbortController();
    const names = await inMemory(openAIAccess(standIn, "large"), signal ?? own.signal);
    return findingOf(names, small.report.name ?? "");
  };
  const finding = await look().catch(() => skipped("the server does not tell"));
  signal?.throwIfAborted();
  return [{ id: "memory", title: "Both in memory", ...finding }];
}

function findingOf(names: readonly string[], small: string): Finding {
  const isThere = names.some((name) => isNamed({ name }, small));
  if (isThere && names.length > 1)
    return ok(`${names.length} models are, small and large among them`);
  return warning(
    "large has put small out of memory: every hand-off loads a model anew, which takes seconds",
    "Set OLLAMA_MAX_LOADED_MODELS to 2 or more on the server; if the two do not fit, set a smaller `numCtx`, take smaller quantizations, or serve one of them elsewhere.",
  );
}
