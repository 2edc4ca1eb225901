import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { BEFORE, CALL, toolScript, weather } from "./tool-pair.js";

/** Small continues text; large is a hosted model that can only be asked, here a server that replies with a call. */
async function pair() {
  const small = await fakeVllm({ model: toolScript(), toolParser: true });
  const steps = [{ text: CALL, entropy: 0.1 }];
  const large = await fakeVllm({
    model: scriptedThought({ steps, answer: "", tags: null }),
    toolParser: true,
  });
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    continuation: { small: "vllm", large: "ask" },
    threshold: 2.5,
  });
  return { large, router };
}

describe("a large model that is asked", () => {
  it("calls tools through its own bindTools, with the thought in its prompt", async () => {
    const { large, router } = await pair();
    const message = await router.bindTools([weather], { tool_choice: "any" }).invoke("Oslo?");
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    expect(message.response_metadata.finish_reason).toBe("tool_calls");
    expect(recordOf(message).continuation.large).toBe("ask");
    const { body } = large.to("/v1/chat/completions").at(-1) ?? {};
    expect(body?.tool_choice).toBe("required");
    expect(body?.tools).toMatchObject([{ function: { name: "weather" } }]);
    expect(JSON.stringify(body?.messages)).toContain(BEFORE.split("\n\n")[1]);
  });

  it("is held to a response format", async () => {
    const { large, router } = await pair();
    const response_format = { type: "json_object" };
    await router.invoke("Oslo?", { response_format });
    expect(large.to("/v1/chat/completions").at(-1)?.body.response_format).toEqual(response_format);
  });

  it("is refused with tools where it has no bindTools, before anything is spent", async () => {
    const server = await fakeVllm();
    const large = new ChatOpenAI({ model: "m", apiKey: "none" });
    Object.defineProperty(large, "bindTools", { value: undefined });
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(server),
      large,
      continuation: { small: "vllm", large: "ask" },
    });
    await expect(router.bindTools([weather]).invoke("Oslo?")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "large",
      message: expect.stringContaining("bindTools"),
    });
    expect(server.requests).toEqual([]);
  });
});
