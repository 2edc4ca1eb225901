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
import type { ScriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, SCRIPT } from "../vllm/vllm-setup.js";
import { fakeSglang } from "./sglang-setup.js";

/** More than the pool of the tests holds. */
const LONG: ScriptedThought = {
  steps: Array.from({ length: 40 }, (_, index) => ({
    text: `Step number ${index} of many.`,
    entropy: 0.3,
  })),
  answer: "The answer is 4.",
};

const THOUGHT = SCRIPT.steps.map(({ text }) => text).join("\n\n");

async function sglangPair(
  options: Partial<FakeSglangOptions> & { readonly script?: ScriptedThought } = {},
  temperature = 0,
) {
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

  it.each([0.02, 0.05, 0.1, 0.3])(
    "T4: H_init at temperature %s is that of temperature 0, though candidates are gone from the stream",
    async (temperature) => {
      // Sure of its first word: no candidate but one is left there, so nothing to compare.
      const script = {
        ...SCRIPT,
        steps: SCRIPT.steps.map((step, index) => (index === 0 ? { ...step, entropy: 1e-5 } : step)),
      };
      const cold = await sglangPair({ script });
      const warm = await sglangPair({ script }, temperature);
      const [expected, message] = [
        await cold.router().invoke("2+2?"),
        await warm.router().invoke("2+2?"),
      ];
      expect(routesOf(message)).toEqual(["small", "large", "small"]);
      expect(message.text).toBe(SCRIPT.answer);
      const entropies = (of: typeof message) => recordOf(of).steps.map(({ entropy }) => entropy);
      for (const [index, entropy] of entropies(message).entries()) {
        expect(entropy).toBeCloseTo(entropies(expected)[index] ?? Number.NaN, 3);
      }
      const { usage } = recordOf(message);
      expect(usage.small.estimated).toBe(false);
      // What a glimpse that was read anew costs is counted.
      const isCut = temperature <= 0.1;
      if (isCut)
        expect(usage.small.input_tokens).toBeGreaterThan(
          recordOf(expected).usage.small.input_tokens,
        );
    },
  );

  it("T4: a server whose log-probabilities are the model's own is asked for none anew", async () => {
    const { small, router } = await sglangPair({ originalLogprobs: true }, 0.05);
    const message = await router().invoke("2+2?");
    expect(routesOf(message)).toEqual(["small", "large", "small"]);
    // Two to tell that they are, and two of the thought's.
    expect(small.to("/v1/completions")).toHaveLength(4);
  });

  it.each(["fused", "probe"] as const)(
    "S9: a KV pool smaller than the context is the room, %s",
    async (glimpse) => {
      const pool = { contextLength: 4096, kvPool: 110 };
      const { small, large, router } = await sglangPair({ ...pool, script: LONG });
      const message = await router({ glimpse }).invoke("2+2?");
      const { stopReason, usage } = recordOf(message);
      expect(stopReason).toBe("context");
      expect(message.text).toBe(LONG.answer);
      expect(String(message.additional_kwargs.reasoning_content)).toMatch(
        /^Step number 0 of many\./,
      );
      expect(usage.small.estimated).toBe(false);
      expect([...small.violations, ...large.violations]).toEqual([]);
    },
  );

  it("S9: behind a gateway that hides the pool, the refusal inside the stream is known: nothing is lost", async () => {
    const pool = { contextLength: 4096, kvPool: 110, onlyV1: true };
    const { router } = await sglangPair({ ...pool, script: LONG });
    const message = await router().invoke("2+2?");
    expect(recordOf(message).stopReason).toBe("context");
    expect(String(message.additional_kwargs.reasoning_content)).toMatch(/^Step number 0 of many\./);
  });

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
    ["cut", "ended without a finish reason"],
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
