import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { toolPair, weather } from "../../langchain/tools/tool-pair.js";
import { fakeSglang } from "../sglang/sglang-setup.js";
import { chatOpenAI, fakeVllm } from "./vllm-setup.js";

const PRIORITY = { continuationPriority: { small: -1, large: -2 } };

async function prioritiesOf(fields: Partial<GlimpRouterFields>) {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    ...fields,
  });
  await router.invoke("2+2?");
  const of = (server: typeof small) =>
    server.requests
      .filter(({ path, prompt }) => path.endsWith("completions") && prompt !== null)
      .map(({ body }) => body.priority);
  return { small: of(small), large: of(large) };
}

describe("the priority of requests that go on with a thought", () => {
  it.each(["vllm", "vllm-chat"] as const)(
    "%s: not of the one that begins it",
    async (continuation) => {
      expect(await prioritiesOf({ ...PRIORITY, continuation })).toEqual({
        small: [undefined, -1],
        large: [-2, -2],
      });
    },
  );

  it("is found for a server that is detected, and sent with probes", async () => {
    const { small, large } = await prioritiesOf({ ...PRIORITY, glimpse: "probe" });
    // The first probe, and the step behind it.
    expect(small.slice(0, 2)).toEqual([undefined, undefined]);
    expect(new Set(small.slice(2))).toEqual(new Set([-1]));
    expect(new Set(large)).toEqual(new Set([-2]));
  });

  it("of one model alone, and none without the option", async () => {
    const one = await prioritiesOf({ continuationPriority: { large: -5 } });
    expect(one).toEqual({ small: [undefined, undefined], large: [-5, -5] });
    expect((await prioritiesOf({})).large).toEqual([undefined, undefined]);
  });

  it("an answer with tools has it", async () => {
    const { large, router } = await toolPair();
    await router(PRIORITY).bindTools([weather]).invoke("What is the weather in Oslo?");
    expect(large.to("/v1/chat/completions").map(({ body }) => body.priority)).toEqual([-2]);
  });

  it("a server that refuses it says so", async () => {
    const [small, large] = [await fakeVllm({ refusesPriority: true }), await fakeVllm()];
    const models = { small: chatOpenAI(small), large: chatOpenAI(large) };
    const asked = new GlimpRouterChatModel({ ...models, ...PRIORITY }).invoke("2+2?");
    await expect(asked).rejects.toMatchObject({
      reason: "server",
      role: "small",
      message: expect.stringContaining("Priority scheduling is not enabled"),
    });
  });

  it("is refused for a model that is not on vLLM, before anything is asked of it", async () => {
    const [small, large] = [await fakeVllm(), await fakeSglang()];
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(small),
      large: chatOpenAI(large),
      continuation: { small: "vllm", large: "sglang" },
      ...PRIORITY,
    });
    await expect(router.invoke("2+2?")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "large",
      message: expect.stringContaining('the large model\'s continuation is "sglang"'),
    });
    expect(large.requests).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["a bare number", -1, "`continuationPriority` of GlimpRouterChatModel cannot be -1"],
    [
      "one that comes after new work",
      { large: 1 },
      "`continuationPriority.large` of GlimpRouterChatModel cannot be 1",
    ],
    [
      "half a number",
      { small: -0.5 },
      "`continuationPriority.small` of GlimpRouterChatModel cannot be -0.5",
    ],
    [
      "a third model",
      { medium: -1 },
      "`continuationPriority.medium` of GlimpRouterChatModel is not known",
    ],
  ])("refuses %s", (_name, continuationPriority, words) => {
    const make = () =>
      new GlimpRouterChatModel({
        small: chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }),
        large: chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }),
        continuationPriority: continuationPriority as never,
      });
    expect(make).toThrow(words);
  });
});
