import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { STEP_WRITER } from "../../../src/router/step-writer.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";

const template = { template: "{{ messages[0].content }}", serverAddsBos: true };
const nowhere = (baseURL: string) => chatOpenAI({ baseURL });

async function refusal(fields: Partial<GlimpRouterFields>): Promise<unknown> {
  const own = await fakeVllm();
  const pair = { small: chatOpenAI(own), large: chatOpenAI(own) };
  const router = new GlimpRouterChatModel({ ...pair, warm: "large", ...fields });
  const error = await router.invoke("2+2?").catch((reason: unknown) => reason);
  // Before anything is paid for.
  expect(own.to("/v1/completions")).toEqual([]);
  return error;
}

describe("what is not warmed says so: field, value, why and remedy", () => {
  it.each([
    ["https://api.together.xyz/v1", "api.together.xyz"],
    ["https://api.deepseek.com/beta", "api.deepseek.com"],
  ])("a hosted API that bills input: %s", async (baseURL, host) => {
    const error = await refusal({ large: nowhere(baseURL), continuation: { large: template } });
    expect(error).toMatchObject({ reason: "invalid_option", role: "large" });
    const { message } = error as Error;
    expect(message).toContain('Option `warm` of GlimpRouterChatModel cannot be "large"');
    expect(message).toContain(`${host}, a hosted API that bills what it reads`);
    expect(message).toContain('{ models: "large", billed: true }');
  });

  it("unless it is known what that costs", async () => {
    const [small, large] = [await fakeVllm(), await fakeVllm()];
    const hosted = chatOpenAI(
      { baseURL: "http://api.deepseek.com/v1" },
      {
        configuration: {
          fetch: (url, init) =>
            fetch(String(url).replace("http://api.deepseek.com", large.url), init),
        },
      },
    );
    const models = { small: chatOpenAI(small), large: hosted, continuation: "vllm" } as const;
    const router = new GlimpRouterChatModel({
      ...models,
      warm: { models: "large", minTokens: 2, billed: true },
    });
    expect(recordOf(await router.invoke("2+2?")).warm?.requests).toBeGreaterThan(0);
  });

  it("a prompted model", async () => {
    const large = new FakeListChatModel({ responses: ["4"] });
    expect(await refusal({ large })).toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining('The large model is prompted (continuation "ask")'),
    });
  });

  it.each([
    ["local", "runs in this process"],
    ["mine", 'continuation "mine" has no `warm`'],
  ])("a writer of kind %s, as small", async (kind, why) => {
    const own = await fakeVllm();
    const small = Object.assign(chatOpenAI(own), {
      [STEP_WRITER]: { kind, open: () => undefined, write: () => undefined },
    });
    const error = await refusal({ small, warm: "both" });
    expect(error).toMatchObject({ reason: "invalid_option", role: "small" });
    expect((error as Error).message).toContain(why);
    expect((error as Error).message).toContain('Give "large", or leave it out.');
  });
});
