import { inspect } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import type { Continuation } from "../../../src/writers/step-writer-for.js";
import { canaryModel, expectNoSecret } from "../../security/canary.js";
import { ECHOES } from "../../security/echoes.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

const KINDS: Readonly<Record<string, Continuation>> = {
  auto: "auto",
  vllm: "vllm",
  "vllm-chat": "vllm-chat",
  sglang: "sglang",
  llamacpp: "llamacpp",
  template: { template: "{{ messages[0].content }}", serverAddsBos: false },
};

describe.each(Object.entries(KINDS))("no error quotes a secret: %s", (_kind, continuation) => {
  it.each(Object.entries(ECHOES))("%s", async (_name, echo) => {
    const [small, large] = [canaryModel(echo), canaryModel(echo)];
    const router = new GlimpRouterChatModel({ small, large, continuation, glimpse: "fused" });
    const error = await errorOf(router.invoke([new HumanMessage("2+2?")]));
    expectNoSecret(error.message);
    expectNoSecret(error.stack ?? "");
    expectNoSecret(JSON.stringify(error));
    expectNoSecret(JSON.stringify(error.cause) ?? "");
    expectNoSecret(inspect(error, { depth: 20, showHidden: true }));
  });
});

describe("no error quotes a secret: a prompted model", () => {
  it.each(Object.entries(ECHOES))("%s", async (_name, echo) => {
    const { askWriter } = await import("../../../src/writers/ask/ask.js");
    const writer = askWriter(canaryModel(echo), "large");
    const prompt = { messages: [new HumanMessage("2+2?")], thinking: false } as const;
    const opening = await writer.open(prompt);
    const read = (async () => {
      for await (const _written of writer.write(opening, "", { maxTokens: 9, topLogprobs: 0 }));
      throw new Error("It wrote.");
    })();
    const error: unknown = await read.catch((thrown: unknown) => thrown);
    expectNoSecret(inspect(error, { depth: 20, showHidden: true }));
    expectNoSecret(JSON.stringify(error));
  });
});

it("F20: our own words stay where a header has one of them", async () => {
  const refused = () => Response.json({ error: { message: "The small one." } }, { status: 400 });
  const defaultHeaders = { "x-size": "small" };
  const small = chatOpenAI(
    { baseURL: "http://127.0.0.1:9/v1" },
    { configuration: { fetch: async () => refused(), defaultHeaders } },
  );
  const router = new GlimpRouterChatModel({ small, large: small, continuation: "vllm" });
  const { message } = await errorOf(router.invoke("2+2?"));
  expect(message).toMatch(/^The small model's server at .*: 400 The \[secret\] one\. /);
});

it("F22: a cause that quotes none is the one that was thrown", async () => {
  const refused = () => Response.json({ error: { message: "No.", param: "n" } }, { status: 400 });
  const router = new GlimpRouterChatModel({
    small: canaryModel(refused),
    large: canaryModel(refused),
    continuation: "vllm",
  });
  const error = await errorOf(router.invoke("2+2?"));
  expect(error.cause).toMatchObject({ cause: { status: 400, param: "n" } });
});
