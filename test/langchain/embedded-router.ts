import { afterAll, beforeAll } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";

/** The tape whose third step is hard: routed it is right, small alone it is wrong. */
export const TAPE = "59, +10, %6, +90, %9";

/** The embedded pair for a test file, loaded once, and routers over it. */
export function useEmbeddedPair() {
  let pair: EmbeddedPair | undefined;
  beforeAll(async () => {
    pair = await embeddedPair();
  }, 120_000);
  afterAll(() => pair?.dispose());
  const loaded = (): EmbeddedPair => {
    if (pair === undefined) throw new Error("The pair is loaded before the first test.");
    return pair;
  };
  return {
    pair: loaded,
    router: (fields: Partial<GlimpRouterFields> = {}) =>
      new GlimpRouterChatModel({ small: loaded().small, large: loaded().large, ...fields }),
  };
}
