import type { AIMessageChunk } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import type { GlimpRouterError, GlimpRouterFields, ResumeState } from "../../../src/index.js";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { errorOf } from "../../writers/error-of.js";
import { chatOpenAI } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { CALL, toolPair, weather } from "./tool-pair.js";

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

/** A reply without a thought: a hard first token, some text, and a call. */
const TURN = (prompt: string) => {
  const steps = [{ text: `Let me look.${CALL}`, entropy: 2 }];
  return scriptedThought({ steps, answer: "", tags: null })(prompt);
};

const WAYS = (["fused", "probe"] as const).flatMap((glimpse) =>
  (["invoke", "stream"] as const).map((call) => [glimpse, call] as const),
);

/** Other answers in chat are in the fault matrix (test/faults), which has thoughts. */
describe("a whole turn in chat (`thinking: false`) whose stream is cut", () => {
  async function turn(glimpse: GlimpRouterFields["glimpse"]) {
    const { small, large, router } = await toolPair({ model: TURN });
    const fields = { maxRetries: 2 };
    const asked = router({
      small: chatOpenAI(small, fields),
      large: chatOpenAI(large, fields),
      thinking: false,
      threshold: 1,
      ...(glimpse === undefined ? {} : { glimpse }),
    }).bindTools([weather]);
    /** All that was handed out, also of a reply that fails. */
    const ask = async (
      call: "invoke" | "stream",
      chunks: AIMessageChunk[],
      resume?: ResumeState,
    ) => {
      const options = resume === undefined ? {} : { resume };
      if (call === "invoke") return asked.invoke("Oslo?", options);
      for await (const chunk of await asked.stream("Oslo?", options)) chunks.push(chunk);
      return chunks.reduce((all, chunk) => concat(all, chunk));
    };
    return { small, large, ask };
  }

  const WHOLE = {
    text: "Let me look.",
    tool_calls: [{ name: "weather", args: { city: "Oslo" } }],
  };

  // Each waits for its backoff.
  it.each([
    ["fused", "stream"],
    ["probe", "invoke"],
  ] as const)("%s, %s: asked again where nothing of it was handed out", async (glimpse, call) => {
    const { large, ask } = await turn(glimpse);
    large.fail("close-after-headers", CHAT);
    const message = await ask(call, []);
    expect(message).toMatchObject(WHOLE);
    expect(recordOf(message).retries).toMatchObject([
      { step: 1, role: "large", reason: "cut", afterTokens: 0 },
    ]);
    expect(large.to(CHAT.path)).toHaveLength(2);
  });

  it.each(WAYS)("%s, %s: else an error, from which it begins anew", async (glimpse, call) => {
    const { small, large, ask } = await turn(glimpse);
    large.fail("cut", CHAT);
    const chunks: AIMessageChunk[] = [];
    const error: GlimpRouterError = await errorOf(ask(call, chunks));
    expect(error).toMatchObject({ reason: "stream_cut", role: "large" });
    expect(error.routing?.retries ?? []).toEqual([]);
    expect(chunks.map(({ text }) => text).join("")).toBe(call === "stream" ? "Let" : "");
    expect(large.to(CHAT.path)).toHaveLength(1);
    const asked = small.to("/v1/completions").length;
    const message = await ask(call, [], JSON.parse(JSON.stringify(error.resume)));
    expect(message).toMatchObject(WHOLE);
    expect(recordOf(message)).toMatchObject({
      steps: [{ route: "large" }],
      requests: { small: 2, large: 2 },
      retries: [{ step: 1, reason: "resumed", afterTokens: 0 }],
    });
    // The glimpse is taken again, too: a chat goes on from nothing.
    expect(small.to("/v1/completions")).toHaveLength(asked + 1);
  });
});
