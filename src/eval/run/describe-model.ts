import { createHash } from "node:crypto";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { StepWriter } from "../../router/step-writer.js";
import type { RunFile } from "../records/run-file.js";

/** A chat model as far as it is looked at. */
interface ModelLike {
  readonly model?: unknown;
  readonly modelName?: unknown;
  readonly temperature?: unknown;
  readonly clientConfig?: { readonly baseURL?: unknown };
}

/** A model as a run names it: a server's address without what may be secret, and the name. */
export function describeModel(
  model: BaseChatModel,
  writer: Pick<StepWriter, "kind">,
): RunFile["models"]["small"] {
  const { model: given, modelName, clientConfig } = model as ModelLike;
  const name = [given, modelName].find((each) => typeof each === "string") ?? model._llmType();
  const address = addressOf(clientConfig?.baseURL);
  return {
    name: address === null ? String(name) : `${address}#${name}`,
    server: writer.kind,
    version: null,
    fingerprint: fingerprintOf(model),
  };
}

/** Of how it is configured: with another temperature it gives other replies. */
function fingerprintOf(model: BaseChatModel): string {
  const params = JSON.stringify(paramsOf(model)) ?? "";
  return createHash("sha256").update(params).digest("hex").slice(0, FINGERPRINT_LENGTH);
}

const FINGERPRINT_LENGTH = 16;

function paramsOf(model: BaseChatModel): { readonly temperature?: unknown } {
  return (model.invocationParams?.({} as never) ?? {}) as { readonly temperature?: unknown };
}

/** Does a model always take the likeliest token? Where nobody says so, its server samples. */
export function isGreedy(model: BaseChatModel): boolean {
  return temperatureOf(model) === 0;
}

/** `null`: its server's own. */
export function temperatureOf(model: BaseChatModel): number | null {
  const own = (model as ModelLike).temperature;
  const temperature = typeof own === "number" ? own : paramsOf(model).temperature;
  return typeof temperature === "number" ? temperature : null;
}

function addressOf(baseURL: unknown): string | null {
  if (typeof baseURL !== "string") return null;
  try {
    const { origin, pathname } = new URL(baseURL);
    return `${origin}${pathname}`;
  } catch {
    return null;
  }
}
