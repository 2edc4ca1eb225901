import type { Exchange, WireForm } from "../http/exchange.js";
import { startFake } from "../http/start-fake.js";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { ENDPOINTS, type FakeLlamacppState, OPEN_ENDPOINTS } from "./endpoints.js";
import type { FakeLlamacpp, FakeLlamacppOptions, LlamacppFault } from "./fake-llamacpp-options.js";
import { LlamacppError } from "./llamacpp-error.js";

const FORM: WireForm = {
  json: "application/json; charset=utf-8",
  text: "text/plain; version=0.0.4",
  // So it says, and closes the connection behind the reply all the same.
  stream: { "content-type": "text/event-stream", "keep-alive": "timeout=5, max=100" },
  closesBehindStreams: true,
};

const BAD_JSON = new LlamacppError(
  500,
  "[json.exception.parse_error.101] parse error at line 1, column 1: syntax error",
  "server_error",
);

/**
 * Starts a strict fake of llama.cpp's server (v0.5.0) on a free port of 127.0.0.1: it refuses what
 * llama-server refuses, in its words, takes what that takes, and notices what it then gets wrong.
 */
export async function startFakeLlamacpp(options: FakeLlamacppOptions): Promise<FakeLlamacpp> {
  const state: FakeLlamacppState = {
    options: { modelName: "small.gguf", template: "plain", contextSize: 4096, ...options },
    tokenizer: new FakeTokenizer(),
    violations: [],
    processing: 0,
    slot: "",
  };
  const server = await startFake({
    form: FORM,
    answer: (exchange: Exchange<LlamacppFault>) => answer(exchange, state),
    crash: new LlamacppError(500, "Compute error.", "server_error"),
    badJson: BAD_JSON,
  });
  return Object.assign(server, { violations: state.violations });
}

/** Looks at no query but that of `/props?model=`, and there only with several models. */
async function answer(exchange: Exchange<LlamacppFault>, state: FakeLlamacppState): Promise<void> {
  const { method, headers } = exchange.record;
  const { apiKey } = state.options;
  const name = `${method} ${exchange.path}`;
  const open = OPEN_ENDPOINTS[name];
  if (open !== undefined) return await open(exchange, state);
  if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
    throw new LlamacppError(401, "Invalid API Key", "authentication_error");
  }
  const guarded = ENDPOINTS[name];
  if (guarded === undefined) throw new LlamacppError(404, "File Not Found", "not_found_error");
  await guarded(exchange, state);
}
