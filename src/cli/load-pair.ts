import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { embeddedPair, LocalChatModel } from "../local/index.js";
import { connectServer, serverMeant } from "./connect-server.js";
import { DownloadBar } from "./download-bar.js";
import { UsageError } from "./usage-error.js";

/** Two models to route between. */
export interface Pair {
  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  dispose(): Promise<void>;
}

/**
 * Loads the pair that a command line names, the embedded one where it names none.
 *
 * @throws UsageError where only one model is named
 */
export async function loadPair(small?: string, large?: string): Promise<Pair> {
  if (small === undefined && large === undefined) {
    const pair = await embeddedPair();
    return { ...pair, dispose: () => disposeAll([pair.small, pair.large]) };
  }
  if (small === undefined || large === undefined) {
    const missing = small === undefined ? "--small" : "--large";
    throw new UsageError(`${missing} is missing: give both models, or none for the embedded pair.`);
  }
  // One after the other: two progress bars cannot share a line.
  const models = { small: await loadModel(small), large: await loadModel(large) };
  return { ...models, dispose: () => disposeAll([models.small, models.large]) };
}

/** A model by its argument: `BASE_URL#NAME` is a server, everything else a GGUF file. */
function loadModel(argument: string): Promise<BaseChatModel> {
  if (/^https?:/.test(argument)) return connectServer(argument);
  const meant = serverMeant(argument);
  if (meant !== null) {
    throw new UsageError(`There is no file ${argument}. Did you mean ${meant}?`);
  }
  return loadFile(argument);
}

async function loadFile(model: string): Promise<LocalChatModel> {
  const bar = new DownloadBar(model);
  try {
    return await LocalChatModel.load({ model, onProgress: bar.show });
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
