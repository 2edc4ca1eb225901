import { describe, expect, it } from "vitest";
import { chatOpenAI } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { toolPair, weather } from "./tool-pair.js";

const CHAT = { path: "/v1/chat/completions" };

async function pair() {
  const { small, large, router } = await toolPair();
  return {
    large,
    model: router({
      small: chatOpenAI(small, { maxRetries: 2 }),
      large: chatOpenAI(large, { maxRetries: 2 }),
    }).bindTools([weather], { tool_choice: "any" }),
  };
}

describe("an answer with tools whose stream is cut", () => {
  it("is asked for again where nothing of it was handed out", async () => {
    const { large, model } = await pair();
    large.fail("close-after-headers", CHAT);
    const message = await model.invoke("Weather in Oslo?");
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    expect(recordOf(message).retries).toEqual([
      { step: null, role: "large", reason: "cut", afterTokens: 0 },
    ]);
    expect(large.to(CHAT.path)).toHaveLength(2);
  });
});
