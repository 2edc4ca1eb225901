import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { questionsFor } from "../../doctor/servers/questions-for.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import {
  CANARY_THOUGHTS,
  type CanaryReading,
  type CanaryRequest,
  measureCanaries,
} from "../../langchain/calibration/measure-canaries.js";
import { nameOf } from "../../langchain/reply/seen-pair.js";
import type { Role } from "../../router/step-writer.js";
import { hasOpenAIClient, openAIAccess } from "../../writers/connection/openai-client.js";
import { asOpenAIModel } from "../../writers/ollama/ollama-model.js";
import type { AskedPair } from "../replies/asked-pair.js";

type Described = Pick<Calibration, "small" | "large" | "canaries">;

/** What the two models are, as a calibration remembers them. */
export async function describePair(pair: AskedPair, signal: AbortSignal): Promise<Described> {
  const { thinking, topLogprobs } = pair.options({});
  const request: CanaryRequest = {
    thinking,
    topLogprobs,
    glimpse: "fused",
    thoughts: CANARY_THOUGHTS,
  };
  const [small, large] = [
    await measureCanaries(pair.writers.small, request, signal),
    // One that tells no candidates can be large all the same, and one that is prompted tells none.
    pair.writers.large.kind === "ask"
      ? null
      : await measureCanaries(pair.writers.large, request, signal).catch(() => null),
  ];
  signal.throwIfAborted();
  return {
    small: await describe("small", pair, small, signal),
    large: await describe("large", pair, large, signal),
    canaries: CANARY_THOUGHTS.map((thought, index) => ({
      thought,
      small: small.entropies[index] ?? 0,
      large: large?.entropies[index] ?? null,
    })),
  };
}

async function describe(
  role: Role,
  { models, writers }: AskedPair,
  reading: CanaryReading | null,
  signal: AbortSignal,
): Promise<Calibration["small"]> {
  const model = models[role];
  const { kind } = writers[role];
  return {
    name: nameOf(model) ?? model._llmType(),
    server: kind,
    version: await versionOf(model, role, kind, signal),
    fingerprint: reading?.fingerprint ?? null,
  };
}

/** As the server tells it; `null` for one that does not, and where there is none. */
async function versionOf(
  model: BaseChatModel,
  role: Role,
  kind: string,
  signal: AbortSignal,
): Promise<string | null> {
  const questions = questionsFor(kind);
  const reached = asOpenAIModel(model);
  if (questions === null || !hasOpenAIClient(reached)) return null;
  return questions.version(openAIAccess(reached, role), signal).catch(() => null);
}
