import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GlimpRouterError } from "../errors.js";
import { LocalChatModel } from "./local-chat-model.js";
import type { LocalChatModelOptions } from "./local-model-options.js";

/** Two tiny models that ship with this package, and what routes between them well. */
export interface EmbeddedPair {
  readonly small: LocalChatModel;
  readonly large: LocalChatModel;
  /** In nats. */
  readonly threshold: number;
  /** Frees both. */
  dispose(): Promise<void>;
}

/** What may be set for both models of the embedded pair. */
export type EmbeddedPairOptions = Pick<
  LocalChatModelOptions,
  "sequences" | "temperature" | "topP" | "topK" | "seed" | "callbacks" | "tags" | "metadata"
>;

const THRESHOLD = 1.0;

/** From `src/local`, `dist/local`, or a bundle's chunk in `dist`: the package's root is not far up. */
const FOLDERS_UP = 4;

/**
 * Loads the two tiny GGUF models of this package: calculators that think step by step, the small one weak in
 * remainders. They run on one CPU thread, offline, within milliseconds: for examples, tests, benchmarks.
 *
 * @example
 * ```ts
 * const { small, large, threshold } = await embeddedPair();
 * const router = new GlimpRouterChatModel({ small, large, threshold });
 * ```
 * @throws GlimpRouterError `peer_missing` where node-llama-cpp is not installed; `local_model` where the
 * files are missing
 */
export async function embeddedPair(options: EmbeddedPairOptions = {}): Promise<EmbeddedPair> {
  const folder = modelsFolder(dirname(fileURLToPath(import.meta.url)));
  const load = (name: string): Promise<LocalChatModel> =>
    LocalChatModel.load({
      ...options,
      model: join(folder, `${name}.gguf`),
      gpu: false,
    });
  const [small, large] = await Promise.all([load("glimp-small"), load("glimp-large")]);
  const dispose = async (): Promise<void> => {
    await Promise.all([small.dispose(), large.dispose()]);
  };
  // Not enumerable: `{ ...pair }` are options of a router, which refuses those that it does not know.
  return Object.defineProperty({ small, large, threshold: THRESHOLD, dispose }, "dispose", {
    enumerable: false,
  });
}

/**
 * @param from - folder of the running file
 * @throws GlimpRouterError `local_model`
 */
function modelsFolder(from: string): string {
  let folder = from;
  for (let up = 0; up < FOLDERS_UP; up++) {
    const models = join(folder, "models");
    if (existsSync(join(models, "glimp-small.gguf"))) return models;
    folder = dirname(folder);
  }
  throw new GlimpRouterError(
    `The embedded models (models/glimp-small.gguf and models/glimp-large.gguf of this package) are not near ${from}. A bundler that moves this file must leave the package external.`,
    { reason: "local_model" },
  );
}
