import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type EmbeddedPairName, embeddedPair, LocalChatModel } from "../local/index.js";
import { connectOllama } from "./connect-ollama.js";
import { connectServer, serverMeant } from "./connect-server.js";
import { DownloadBar } from "./download-bar.js";
import type { ReadRouting } from "./read-routing.js";
import { UsageError } from "./usage-error.js";

/** Two models to route between. */
export interface Pair {
  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  /** What routes between them well, where that is known. */
  readonly routing: ReadRouting;
  dispose(): Promise<void>;
}

/** The models that a command line names. */
export interface NamedModels {
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  /** One of the embedded pairs, in place of both. */
  readonly pair?: string | undefined;
  /** Of models that are named; absent: their servers' own, 0 for a file. */
  readonly temperature?: number | undefined;
}

/**
 * Loads the pair that a command line names; without any name it is the embedded one that calculates.
 *
 * @throws UsageError where only one model is named, or models and a pair
 */
export async function loadPair({
  small,
  large,
  pair: name,
  temperature,
}: NamedModels): Promise<Pair> {
  const pair = embeddedPairName(name);
  if (small === undefined && large === undefined) {
    const { threshold, glimpseAt, ...models } = await embeddedPair({ pair });
    const routing = glimpseAt === undefined ? { threshold } : { threshold, glimpseAt };
    return { ...models, routing, dispose: () => disposeAll([models.small, models.large]) };
  }
  if (name !== undefined) {
    throw new UsageError("--pair is an embedded pair: give it, or --small and --large.");
  }
  if (small === undefined || large === undefined) {
    const missing = small === undefined ? "--small" : "--large";
    throw new UsageError(`${missing} is missing: give both models, or none for the embedded pair.`);
  }
  const sampling = temperature === undefined ? {} : { temperature };
  // One after the other: two progress bars cannot share a line.
  const models = {
    small: await loadModel(small, sampling),
    large: await loadModel(large, sampling),
  };
  return { ...models, routing: {}, dispose: () => disposeAll([models.small, models.large]) };
}

/** What routes a pair well is for the point that comes with it: a point of one's own has a threshold of its own. */
export function routingOf({ routing }: Pair, asked: ReadRouting): ReadRouting {
  const hasOwn = asked.glimpseAt !== undefined || typeof asked.threshold === "object";
  return hasOwn ? asked : { ...routing, ...asked };
}

/** @throws UsageError where there is no such pair */
export function embeddedPairName(text = "tape"): EmbeddedPairName {
  if (text === "tape" || text === "words") return text;
  throw new UsageError(`--pair must be tape or words, got ${JSON.stringify(text)}.`);
}

/** How a model takes its tokens. */
export interface Sampling {
  readonly temperature?: number;
}

/** A model by its argument: `BASE_URL#NAME` is a server, `ollama:NAME` a model of Ollama's, everything else a GGUF file. */
function loadModel(argument: string, sampling: Sampling): Promise<BaseChatModel> {
  if (/^https?:/.test(argument)) return connectServer(argument, sampling);
  if (argument.startsWith("ollama:")) return connectOllama(argument, sampling);
  const meant = serverMeant(argument);
  if (meant !== null) {
    throw new UsageError(`There is no file ${argument}. Did you mean ${meant}?`);
  }
  return loadFile(argument, sampling);
}

async function loadFile(model: string, sampling: Sampling): Promise<LocalChatModel> {
  const bar = new DownloadBar(model);
  try {
    return await LocalChatModel.load({ model, ...sampling, onProgress: bar.show });
  } finally {
    bar.stop();
  }
}

async function disposeAll(models: readonly BaseChatModel[]): Promise<void> {
  await Promise.all(
    models.map(async (model) => {
      if (model instanceof LocalChatModel) await model.dispose();
    }),
  );
}
