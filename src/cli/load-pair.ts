import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { embeddedPair, LocalChatModel } from "../local/index.js";
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
async function loadModel(argument: string): Promise<BaseChatModel> {
  if (!/^https?:/.test(argument)) return loadFile(argument);
  const url = new URL(argument);
  const name = decodeURIComponent(url.hash.slice(1));
  if (name === "") {
    throw new UsageError(
      // Without what may be secret: credentials and query.
      `The server ${url.origin}${url.pathname} needs a model name behind a #, as in http://127.0.0.1:8000/v1#my-model`,
    );
  }
  url.hash = "";
  const { ChatOpenAI } = await import("@langchain/openai").catch(() => {
    throw new UsageError("A server needs @langchain/openai. Run: npm install @langchain/openai");
  });
  return new ChatOpenAI({
    model: name,
    // The SDK insists on a key; servers without one ignore it.
    apiKey: process.env.OPENAI_API_KEY ?? "none",
    // Someone waits at the terminal: a server that is down is told at once.
    maxRetries: 1,
    configuration: { baseURL: url.href },
  });
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
