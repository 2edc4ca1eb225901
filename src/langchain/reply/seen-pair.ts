import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import type { Secrets } from "../../writers/connection/secrets.js";
import type { SeenModel } from "../calibration/compare-set-up.js";
import {
  type CanaryReading,
  type CanaryRequest,
  measureCanaries,
} from "../calibration/measure-canaries.js";
import { safely } from "./safely.js";

/** A model as the user gave it, and what was found of it. */
export interface LookedAt {
  readonly given: BaseChatModel;
  readonly model: BaseChatModel;
  readonly writer: StepWriter<ThoughtPrompt>;
}

/** What the two models are, as far as they were asked. */
export interface SeenPair {
  readonly seen: Readonly<Record<Role, SeenModel>>;
  /** Why canaries could not be measured; `null`: they were, or were not asked for. */
  readonly failed: string | null;
}

/** Of each model object, by what was asked; routers over the same model share what it has shown. */
const readings = new WeakMap<BaseChatModel, Map<string, Promise<CanaryReading>>>();

/**
 * @param requests - the canaries of each, `null` for a model that is not asked
 * @param secrets - what the words of a failure may not quote
 */
export async function seenPair(
  pair: Readonly<Record<Role, LookedAt>>,
  requests: Readonly<Record<Role, CanaryRequest | null>>,
  secrets: () => Secrets,
): Promise<SeenPair> {
  let failed: string | null = null;
  const read = async (role: Role): Promise<CanaryReading | null> => {
    const request = requests[role];
    if (request === null) return null;
    try {
      return await safely(() => readingOf(pair[role], request), secrets);
    } catch (error) {
      failed ??= (error as Error).message;
      return null;
    }
  };
  const see = async (role: Role): Promise<SeenModel> => {
    const { entropies = null, fingerprint = null } = (await read(role)) ?? {};
    const { model, writer } = pair[role];
    return { name: nameOf(model), server: writer.kind, entropies, fingerprint };
  };
  const [small, large] = await Promise.all([see("small"), see("large")]);
  return { seen: { small, large }, failed };
}

/** They are measured anew the next time: what has refused a router may have been mended. */
export function forgetSeen(given: BaseChatModel): void {
  readings.delete(given);
}

/** A model's name, as it was given it; `null` where it has none. */
export function nameOf(model: unknown): string | null {
  const { model: name } = (model ?? {}) as { model?: unknown };
  return typeof name === "string" ? name : null;
}

/**
 * Measured once in the life of the process. Nobody's signal ends the requests: others wait for them, and they are a few
 * tokens. What fails is asked for again the next time.
 */
function readingOf({ given, writer }: LookedAt, request: CanaryRequest): Promise<CanaryReading> {
  const known = readings.get(given) ?? new Map<string, Promise<CanaryReading>>();
  readings.set(given, known);
  const key = JSON.stringify([writer.kind, request]);
  const measured = known.get(key) ?? measureCanaries(writer, request);
  known.set(key, measured);
  measured.catch(() => known.delete(key));
  return measured;
}
