import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import { HYBRID, OPENING, PLAIN, STRICT } from "../../prompt/chat-templates.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../vllm/vllm-setup.js";

const THOUGHT = SCRIPT.steps.map(({ text }) => text).join("\n\n");

/** Servers with nothing but `/v1/completions`, which refuse what a real one would get wrong. */
async function rawPair(template: string) {
  const options = { onlyV1: true, refuseViolations: true } as const;
  const [small, large] = await Promise.all([fakeVllm(options), fakeVllm(options)]);
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    continuation: { template, bosToken: "<s>", eosToken: "</s>", serverAddsBos: true },
  });
  return { small, large, router };
}

describe("a chain over two servers with raw text completions", () => {
  it.each([
    ["plain", PLAIN],
    ["hybrid", HYBRID],
    ["opening the thought itself", OPENING],
    ["trimming", STRICT],
  ])("is routed and answered under a template: %s", async (_name, template) => {
    const { small, large, router } = await rawPair(template);
    const message = await router.invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(recordOf(message)).toMatchObject({
      steps: [{ route: "small" }, { route: "large" }, { route: "small" }],
      continuation: { small: "template", large: "template" },
      requests: { small: 2, large: 2 },
      stopReason: "closed",
    });
    expect(new Set([...small.requests, ...large.requests].map(({ path }) => path))).toEqual(
      new Set(["/v1/completions"]),
    );
  });

  it("needs a prompt that the template takes", async () => {
    const { router } = await rawPair(STRICT);
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "2+2?" },
    ];
    await expect(router.invoke(messages)).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining("Roles must alternate"),
    });
  });

  it("rule 12: a step that a server cuts before our own limit closes the thought", async () => {
    const { small, large } = await rawPair(PLAIN);
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(small),
      large: chatOpenAI(large, {
        configuration: {
          // A limit of the server's own.
          fetch: (url, init) =>
            fetch(url, {
              ...init,
              body: String(init?.body).replace(/"max_tokens":\d+(?=.*"stop")/, '"max_tokens":3'),
            }),
        },
      }),
      continuation: { template: PLAIN, bosToken: "<s>", eosToken: "</s>", serverAddsBos: true },
    });
    const message = await router.invoke("2+2?");
    expect(message.additional_kwargs.reasoning_content).toBe(
      "First we add 2 and 2.\n\nWait, is that",
    );
    expect(recordOf(message)).toMatchObject({
      steps: [{ route: "small" }, { route: "large", end: "length" }],
      stopReason: "context",
    });
    expect(message.text).toBe(SCRIPT.answer);
  });
});
