import { describe, expect, it } from "vitest";
import { always, GlimpRouterChatModel } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import { PLAIN } from "../../prompt/chat-templates.js";
import type { FakeVllmOptions } from "../../servers/fake-vllm/fake-vllm-options.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../vllm/vllm-setup.js";

const THOUGHT = SCRIPT.steps.map(({ text }) => text).join("\n\n");
const TEMPLATE = { template: PLAIN, bosToken: "<s>", eosToken: "</s>", serverAddsBos: true };

type RouterFields = Partial<ConstructorParameters<typeof GlimpRouterChatModel>[0]>;

async function pairOver(options: Partial<FakeVllmOptions>, fields: RouterFields = {}) {
  const small = await fakeVllm({ onlyV1: true, ...options });
  const large = await fakeVllm();
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    continuation: { small: TEMPLATE, large: "vllm" },
    ...fields,
  });
  return { small, router };
}

const WHOLE_ONLY = [
  ["a server that has log-probabilities in whole replies only", { logprobsInStreams: false }],
  ["LiteLLM", { gateway: "litellm" }],
  ["mlx-lm, asked as in a chat", { logprobsInStreams: false, logprobsAsInChat: true }],
] as const;

describe.each(WHOLE_ONLY)("S5: %s", (_name, options) => {
  it("S5: is probed in whole replies, after one stream has shown none", async () => {
    const { small, router } = await pairOver(options, { glimpse: "probe" });
    const message = await router.invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    const { steps, usage } = recordOf(message);
    expect(steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
    [0.2, 2.1, 0.3].forEach((entropy, index) => {
      expect(steps[index]?.entropy).toBeCloseTo(entropy, 2);
    });
    const probes = () => small.to("/v1/completions").filter(({ body }) => body.max_tokens === 1);
    const streamed = () => probes().filter(({ body }) => body.stream === true);
    expect(streamed()).toHaveLength(1);
    expect(probes().filter(({ body }) => "stream_options" in body)).toEqual(streamed());
    await router.invoke("2+2?");
    expect(streamed()).toHaveLength(1);
    expect(usage.small.output_tokens).toBeGreaterThan(0);
  });

  it("S5: the way is found once, also where each reply has an affinity of its own", async () => {
    const fields = { glimpse: "probe", affinity: { header: "x-session-id" } } as const;
    const { small, router } = await pairOver(options, fields);
    await router.invoke("2+2?");
    await router.invoke("3+3?");
    const probes = small.to("/v1/completions").filter(({ body }) => body.max_tokens === 1);
    expect(probes.filter(({ body }) => body.stream === true)).toHaveLength(1);
  });

  it("S5: fused, the advice is to probe", async () => {
    const { router } = await pairOver(options);
    const error = await errorOf(router.invoke("2+2?"));
    expect(error.role).toBe("small");
    expect(error.message).toMatch(/[Ss]et `glimpse: "probe"`/);
  });

  it.each([
    ["routed", {}],
    ["always large", { policy: always("large") }],
    ["always small", { policy: always("small") }],
  ])("S5: one model in both roles gives the unrouted text, %s", async (_policy, fields) => {
    const server = await fakeVllm({ onlyV1: true, ...options });
    const model = chatOpenAI(server);
    const router = new GlimpRouterChatModel({
      small: model,
      large: model,
      continuation: TEMPLATE,
      glimpse: "probe",
      ...fields,
    });
    const message = await router.invoke("2+2?");
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(message.text).toBe(SCRIPT.answer);
  });
});

describe("advice", () => {
  it("S5: fused over LiteLLM names it, and the pass-through endpoint", async () => {
    const { router } = await pairOver({ gateway: "litellm" });
    expect(await errorOf(router.invoke("2+2?"))).toMatchObject({
      reason: "no_logprobs",
      role: "small",
      message: expect.stringMatching(
        /is LiteLLM, .* pass-through endpoint \(docs\/servers\/gateways/,
      ),
    });
  });

  it("S5: to probe is not given to those who do", async () => {
    const { small, router } = await pairOver(
      { logprobsInStreams: false, logprobsInWhole: false },
      { glimpse: "probe" },
    );
    const error = await errorOf(router.invoke("2+2?"));
    expect(error).toMatchObject({ reason: "no_logprobs", role: "small" });
    expect(error.message).toContain("neither its stream nor a whole reply had them");
    expect(error.message).not.toContain("glimpse:");
    expect(small.to("/v1/completions")).toHaveLength(3);
  });

  it("S5: is not needed where the stream has them: it is the only way that is tried", async () => {
    const { small, router } = await pairOver({}, { glimpse: "probe" });
    await router.invoke("2+2?");
    expect(small.requests.filter(({ body }) => body.stream === false)).toEqual([]);
  });

  it("S5: of fewer candidates is told with their number", async () => {
    const { router } = await pairOver({ maxLogprobs: 5 }, { glimpse: "probe" });
    expect((await errorOf(router.invoke("2+2?"))).message).toContain("Set `topLogprobs: 5`");
  });
});
