import type { WireForm } from "../http/exchange.js";
import { startFake } from "../http/start-fake.js";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { ENDPOINTS, type FakeOllamaState } from "./endpoints.js";
import type { FakeOllama, FakeOllamaOptions, OllamaFault } from "./fake-ollama-options.js";
import { Memory } from "./memory.js";
import { OllamaError } from "./ollama-error.js";

const FORM: WireForm = {
  json: "application/json; charset=utf-8",
  text: "text/plain",
  stream: { "content-type": "application/x-ndjson" },
  closesBehindStreams: false,
};

/**
 * Starts a fake of Ollama, from its source: it refuses what the real one refuses, and sets its silent traps. What it takes
 * with 200 and gets wrong is noted in `violations`.
 */
export async function startFakeOllama(given: FakeOllamaOptions): Promise<FakeOllama> {
  const options: Required<FakeOllamaOptions> = {
    names: ["small:latest", "large:latest"],
    template: "plain",
    version: "0.40.2",
    engine: "llama-server",
    contextSize: 4096,
    thinks: true,
    addsBos: true,
    fit: 2,
    isShared: false,
    renders: true,
    cutsAnyway: false,
    stop: [],
    tokenDelayMs: 0,
    ...given,
  };
  const violations: FakeOllamaState["violations"] = [];
  const memory = new Memory({ ...options, violations });
  const state: FakeOllamaState = { options, tokenizer: new FakeTokenizer(), memory, violations };
  const server = await startFake<OllamaFault>({
    form: FORM,
    crash: new OllamaError(500, "model runner has unexpectedly stopped"),
    badJson: new OllamaError(400, "invalid character"),
    answer: async (exchange) => {
      const endpoint = ENDPOINTS[exchange.path];
      if (endpoint === undefined) return exchange.text(404, "404 page not found");
      await endpoint(exchange, state);
    },
  });
  // A copy would not have the getters of a running fake.
  return Object.defineProperties(server, {
    violations: { get: () => violations },
    loads: { get: () => memory.loads },
    loaded: { get: () => memory.loaded },
  }) as FakeOllama;
}
