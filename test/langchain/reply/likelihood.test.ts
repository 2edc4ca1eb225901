import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import type { ScriptedThought } from "../../servers/script/scripted-model.js";
import { fakeSglang } from "../../writers/sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";

/** Large would have written the second step otherwise. */
const OTHER: ScriptedThought = {
  ...SCRIPT,
  steps: SCRIPT.steps.map((step, index) =>
    index === 1 ? { text: "So it is five, no?", entropy: 0.2 } : step,
  ),
};

const START = {
  vllm: async (script: ScriptedThought) => fakeVllm({ script }),
  sglang: async (script: ScriptedThought) => fakeSglang({ script }),
};

type Kind = keyof typeof START;

async function judged(
  kind: Kind,
  verify: Partial<Exclude<GlimpRouterFields["verify"], false | undefined>> = {},
  fields: Partial<GlimpRouterFields> = {},
) {
  const [small, large] = [await START[kind](SCRIPT), await START[kind](OTHER)];
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    policy: () => "small",
    verify: { by: "likelihood", threshold: 1, ...verify },
    ...fields,
  });
  return { small, large, invoke: async () => recordOf(await router.invoke("2+2?")) };
}

describe.each(["vllm", "sglang"] as const)("verify by likelihood, on %s", (kind) => {
  it("a step that large finds unlikely is large's to write, and what that cost is told apart", async () => {
    const { invoke } = await judged(kind);
    const { steps, requests, usage } = await invoke();
    expect(steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
    const values = steps.map(({ verified }) => verified?.value ?? Number.NaN);
    expect(values[0]).toBeLessThan(0.2);
    expect(values[1]).toBeGreaterThan(1);
    expect(steps[1]?.verified).toMatchObject({ by: "likelihood", accepted: false });
    expect(steps[1]?.discarded).toBeGreaterThan(0);
    expect(requests.verify).toBe(3);
    expect(usage.verify).toMatchObject({
      output_tokens: kind === "vllm" ? 3 : 0,
      estimated: false,
    });
    expect(requests.small + requests.large).toBeLessThanOrEqual(2 * (requests.large - 1) + 2);
  });

  it.each([
    ["accept", ["small", "small", "small"]],
    ["large", ["large", "small", "small"]],
  ] as const)("a judge that fails once: %s", async (onVerifyFailure, routes) => {
    const { large, invoke } = await judged(kind, { threshold: 100 }, { onVerifyFailure });
    large.fail("server-error", { path: kind === "vllm" ? "/v1/completions" : "/generate" });
    const { steps } = await invoke();
    expect(steps.map(({ route }) => route)).toEqual(routes);
    expect(steps[0]?.verified).toMatchObject({
      value: null,
      failed: expect.stringContaining("scoring a text"),
      accepted: onVerifyFailure === "accept",
    });
  });
});

describe("maxContext", () => {
  it("beyond it vLLM is not asked, and the record says why", async () => {
    const { large, invoke } = await judged("vllm", { maxContext: 20 });
    const { steps, requests } = await invoke();
    expect(steps.map(({ verified }) => verified?.accepted)).toEqual([true, true, true]);
    expect(steps.at(-1)?.verified?.failed).toMatch(/would read all \d+ tokens anew.*is 20$/);
    const scored = large.to("/v1/completions").filter(({ body }) => "prompt_logprobs" in body);
    expect(scored).toHaveLength(requests.verify ?? 0);
    expect(scored.length).toBeLessThan(3);
  });

  it("SGLang reads the step alone, so it does not matter there", async () => {
    const { invoke } = await judged("sglang", { maxContext: 20 });
    const { steps } = await invoke();
    expect(steps.every(({ verified }) => typeof verified?.value === "number")).toBe(true);
  });
});
