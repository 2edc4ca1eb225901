import { join } from "node:path";
import type { GlimpsePoint } from "../core/points/glimpse-point.js";
import { GlimpRouterError } from "../errors.js";
import { laterTokens } from "./later-tokens.js";
import { LocalChatModel } from "./local-chat-model.js";
import type { LocalChatModelOptions } from "./local-model-options.js";
import { modelsFolder } from "./models-folder.js";

/** Two tiny models that ship with this package, and what routes between them well. */
export interface EmbeddedPair {
  readonly small: LocalChatModel;
  readonly large: LocalChatModel;
  /** In nats. */
  readonly threshold: number;
  /** Where it is not a step's start. */
  readonly glimpseAt?: GlimpsePoint;
  /** Frees both. */
  dispose(): Promise<void>;
}

/** `"tape"` calculates, a step a remainder; `"words"` solves word problems in plain English. */
export type EmbeddedPairName = "tape" | "words";

/** What may be set for both models of an embedded pair. */
export interface EmbeddedPairOptions
  extends Pick<
    LocalChatModelOptions,
    "sequences" | "temperature" | "topP" | "topK" | "seed" | "callbacks" | "tags" | "metadata"
  > {
  /** Default: `"tape"`. */
  readonly pair?: EmbeddedPairName;
  /** What writes ahead of large (`LocalChatModelOptions.draft`): the pair's small, or `"lookup"`. Default: nothing. */
  readonly draft?: "small" | "lookup";
}

interface Shipped {
  /** What the files' names begin with. */
  readonly files: string;
  readonly routing: Pick<EmbeddedPair, "threshold" | "glimpseAt">;
}

/** Built when it is asked for: a point is an object of its own. */
const SHIPPED: Readonly<Record<EmbeddedPairName, () => Shipped>> = {
  tape: () => ({ files: "glimp", routing: { threshold: 1.0 } }),
  words: () => ({
    files: "words",
    routing: { threshold: 0.7, glimpseAt: laterTokens() },
  }),
};

/**
 * Loads two tiny GGUF models of this package. They run on one CPU thread, offline, within milliseconds: for
 * examples, tests, benchmarks. Those of `"tape"` are calculators that think step by step, the small one weak in
 * remainders; those of `"words"` think in sentences. Both are built so that their signals differ.
 *
 * @example
 * ```ts
 * const { small, large, threshold } = await embeddedPair();
 * const router = new GlimpRouterChatModel({ small, large, threshold });
 * ```
 * @throws GlimpRouterError `invalid_option` for another `pair`; `peer_missing` where node-llama-cpp is not
 * installed; `local_model` where the files are missing
 */
export async function embeddedPair(options: EmbeddedPairOptions = {}): Promise<EmbeddedPair> {
  const { pair = "tape", draft, ...shared } = options;
  const { files, routing } = shippedPair(pair);
  const folder = modelsFolder(import.meta.url, `${files}-small.gguf`);
  const load = (role: string, ahead?: LocalChatModel | "lookup"): Promise<LocalChatModel> =>
    LocalChatModel.load({
      ...shared,
      model: join(folder, `${files}-${role}.gguf`),
      gpu: false,
      ...(ahead === undefined ? {} : { draft: ahead }),
    });
  const loading = load("small");
  const [small, large] = await Promise.all([
    loading,
    load("large", draft === "small" ? await loading : requireLookup(draft)),
  ]);
  const dispose = async (): Promise<void> => {
    await Promise.all([small.dispose(), large.dispose()]);
  };
  // Not enumerable: `{ ...pair }` are options of a router, which refuses those that it does not know.
  return Object.defineProperty({ small, large, ...routing, dispose }, "dispose", {
    enumerable: false,
  });
}

/** @throws GlimpRouterError `invalid_option` */
function shippedPair(name: EmbeddedPairName): Shipped {
  if (Object.hasOwn(SHIPPED, name)) return SHIPPED[name]();
  throw new GlimpRouterError(
    `\`pair\` must be "tape" or "words", got ${JSON.stringify(name) ?? typeof name}.`,
    { reason: "invalid_option" },
  );
}

/** @throws GlimpRouterError `invalid_option` */
function requireLookup(draft: unknown): "lookup" | undefined {
  if (draft === undefined || draft === "lookup") return draft;
  throw new GlimpRouterError(
    `\`draft\` must be "small" or "lookup", got ${JSON.stringify(draft) ?? typeof draft}.`,
    { reason: "invalid_option" },
  );
}
