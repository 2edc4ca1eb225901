import { describe, expect, it } from "vitest";
import {
  GlimpRouterChatModel,
  GlimpRouterError,
  type GlimpRouterFields,
} from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import type {
  FakeSglang,
  FakeSglangOptions,
} from "../../servers/fake-sglang/fake-sglang-options.js";
import { chatOpenAI, SCRIPT } from "../vllm/vllm-setup.js";
import { fakeSglang } from "./sglang-setup.js";

const THOUGHT = SCRIPT.steps.map(({ text }) => text).join("\n\n");

async function sglangPair(options: Partial<FakeSglangOptions> = {}, temperature = 0) {
  const [small, large] = await Promise.all([fakeSglang(options), fakeSglang(options)]);
  const router = (fields: Partial<GlimpRouterFields> = {}) =>
    new GlimpRouterChatModel({
      small: chatOpenAI(small, { temperature }),
      large: chatOpenAI(large, { temperature }),
      ...fields,
    });
  return { small, large, router };
}

const routesOf = (message: Parameters<typeof recordOf>[0]) =>
  recordOf(message).steps.map(({ route }) => route);

const promptsTo = (server: FakeSglang) =>
  server.to("/v1/completions").map(({ body }) => String(body.prompt));

describe("a chain over two SGLang servers", () => {
  it("is detected, routed and answered, in 2n + 2 requests", async () => {
    const { small, large, router } = await sglangPair();
    const message = await router().invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(routesOf(message)).toEqual(["small", "large", "small"]);
    expect(recordOf(message)).toMatchObject({
      continuation: { small: "sglang", large: "sglang" },
      requests: { small: 2, large: 2 },
      usage: { small: { estimated: false }, large: { estimated: false } },
    });
    expect([...small.violations, ...large.violations]).toEqual([]);
  });

  it("is the same by probes", async () => {
    const { router } = await sglangPair();
    const fused = await router().invoke("2+2?");
    const probed = await router({ glimpse: "probe" }).invoke("2+2?");
    expect(probed.text).toBe(fused.text);
    expect(routesOf(probed)).toEqual(routesOf(fused));
  });

  it.each([0.3, 0.6, 1.5])(
    "is routed alike at temperature %s, though the log-probabilities follow it",
    async (temperature) => {
      const { router } = await sglangPair({}, temperature);
      const message = await router().invoke("2+2?");
      expect(routesOf(message)).toEqual(["small", "large", "small"]);
      expect(recordOf(message).steps[1]?.entropy).toBeCloseTo(2.1, 2);
      // The measurement is no request of the thought's.
      expect(recordOf(message).requests).toEqual({ small: 2, large: 2 });
    },
  );

  it.each(["plain", "qwen3", "r1", "trimming"] as const)(
    "is the same under the template %s, with a tokenizer that adds its BOS",
    async (template) => {
      const { small, large, router } = await sglangPair({ template, tokenizerAddsBos: true });
      const message = await router().invoke("2+2?");
      expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
      expect([...small.violations, ...large.violations]).toEqual([]);
    },
  );

  it("extends each server's prompts byte by byte, which its radix cache is for", async () => {
    const { small, large, router } = await sglangPair();
    await router().invoke("2+2?");
    for (const server of [small, large]) {
      const prompts = promptsTo(server);
      expect(prompts.length).toBeGreaterThan(1);
      for (const [index, prompt] of prompts.entries()) {
        expect(prompt.startsWith(prompts[index - 1] ?? "")).toBe(true);
      }
    }
  });

  it.each([
    ["error-in-stream", "Scheduler hit an exception."],
    ["no-finish", "ended without a finish reason"],
    ["cut", "terminated"],
  ] as const)("that breaks at large (%s) has the thought so far", async (fault, said) => {
    const { large, router } = await sglangPair();
    large.fail(fault, { path: "/v1/completions" });
    const error = await router()
      .invoke("2+2?")
      .catch((thrown: unknown) => thrown);
    if (!GlimpRouterError.isInstance(error)) throw error;
    expect(error).toMatchObject({ role: "large" });
    expect(error.message).toContain(said);
    expect(error.thought).toMatch(/^First we add 2 and 2\.\n\nWait,/);
  });

  it("without log-probabilities is an error at the first token, and nothing is asked of large", async () => {
    const { small, large, router } = await sglangPair();
    small.fail("no-logprobs", { path: "/v1/completions" });
    await expect(router().invoke("2+2?")).rejects.toMatchObject({
      reason: "no_logprobs",
      role: "small",
    });
    expect(large.to("/v1/completions")).toEqual([]);
  });
});
