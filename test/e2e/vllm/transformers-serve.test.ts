import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import {
  startTransformers,
  type TransformersServer,
} from "../../../scripts/vllm/start-transformers.js";
import { diagnose, GlimpRouterChatModel } from "../../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../../src/local/index.js";
import { expectSame } from "../real-servers/expect-same.js";
import { runChains } from "../real-servers/run-chains.js";
import { spyFetch } from "../real-servers/spy-fetch.js";

/** A real server that takes `logprobs`, answers 200, and ignores them. */
let server: TransformersServer;
let pair: EmbeddedPair;

beforeAll(async () => {
  if (inject("reference") === undefined) throw new Error("Run these by: npm run test:vllm");
  [server, pair] = await Promise.all([startTransformers(8191), embeddedPair()]);
});
afterAll(async () => {
  await Promise.all([server?.stop(), pair?.dispose()]);
});

/** The pair's template, for one turn of the user's. */
const byTemplate = {
  template: "{{ bos_token }}<|user|>{{ messages[-1].content }}<|assistant|>",
  bosToken: "<s>",
  serverAddsBos: false,
};

function served(role: "small" | "large", fetch?: typeof globalThis.fetch): ChatOpenAI {
  const { baseURL, models } = server;
  const configuration = { baseURL, ...(fetch === undefined ? {} : { fetch }) };
  return new ChatOpenAI({ model: models[role], apiKey: "none", temperature: 0, configuration });
}

it("as small it is an error at its first token, and nothing is asked of large", async () => {
  const large = spyFetch();
  const router = new GlimpRouterChatModel({
    small: served("small"),
    large: served("large", large.fetch),
    continuation: byTemplate,
  });
  await expect(router.invoke("59, +10, %6")).rejects.toMatchObject({
    reason: "no_logprobs",
    role: "small",
    thought: "",
    message: expect.stringMatching(/log-probabilities/),
  });
  expect(large.sent).toEqual([]);
});

it("as large it writes the steps of the in-process engine: no candidates are needed there", async () => {
  const router = new GlimpRouterChatModel({
    small: pair.small,
    large: served("large"),
    threshold: inject("reference").threshold,
    continuation: { small: "local", large: byTemplate },
  });
  const some = inject("reference").problems.slice(0, 10);
  expectSame("large on transformers serve, by template", await runChains(router, some));
});

it("the doctor says what is missing", async () => {
  const model = served("small");
  const report = await diagnose({ small: model, large: model, continuation: byTemplate });
  expect(report.canRoute).toBe(false);
  const found = report.small.checks.find(({ id }) => id === "log-probs");
  expect(found).toMatchObject({ status: "failed" });
  expect(report.large.checks.find(({ id }) => id === "log-probs")?.status).not.toBe("failed");
});
