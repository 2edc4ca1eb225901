import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import type { LLMResult } from "@langchain/core/outputs";
import { describe, expect, it } from "vitest";
import { scriptedRouter } from "../scripted-pair.js";

/** A handler that keeps what it is told at the end of runs. */
function endHandler() {
  const ends: LLMResult[] = [];
  const handler = BaseCallbackHandler.fromMethods({
    handleLLMEnd: (output) => void ends.push(output),
  });
  handler.awaitHandlers = true;
  return { ends, handler };
}

function usageIn(usage: { input_tokens: number; output_tokens: number; total_tokens: number }) {
  return {
    promptTokens: usage.input_tokens,
    completionTokens: usage.output_tokens,
    totalTokens: usage.total_tokens,
  };
}

describe("L12: handleLLMEnd is told `llmOutput.tokenUsage`, as ChatOpenAI tells it", () => {
  it("by invoke", async () => {
    const { router } = scriptedRouter();
    const { ends, handler } = endHandler();
    const message = await router.invoke("2+2?", { callbacks: [handler] });
    const tokenUsage = usageIn(message.usage_metadata as never);
    expect(tokenUsage.completionTokens).toBeGreaterThan(0);
    expect(ends.map(({ llmOutput }) => llmOutput)).toEqual([{ tokenUsage }]);
    expect(message.response_metadata.tokenUsage).toEqual(tokenUsage);
  });

  it("by stream, also where its reader leaves", async () => {
    const { router } = scriptedRouter();
    const { ends, handler } = endHandler();
    let usage: unknown;
    for await (const chunk of await router.stream("2+2?", { callbacks: [handler] })) {
      usage = chunk.usage_metadata ?? usage;
    }
    expect(ends[0]?.llmOutput).toEqual({ tokenUsage: usageIn(usage as never) });
    for await (const _chunk of await router.stream("2+2?", { callbacks: [handler] })) break;
    const [[left]] = (ends[1]?.generations ?? [[]]) as unknown as [[{ message: AIMessageChunk }]];
    expect(ends[1]?.llmOutput).toEqual({
      tokenUsage: usageIn(left.message.usage_metadata as never),
    });
  });

  it("by batch for each reply, and by generate for all of them together", async () => {
    const { router } = scriptedRouter();
    const { ends, handler } = endHandler();
    await router.batch(["2+2?", "2+2?"], { callbacks: [handler] });
    const each = ends.map(({ llmOutput }) => llmOutput?.tokenUsage);
    expect(each).toHaveLength(2);
    const { llmOutput } = await router.generate([
      [new HumanMessage("2+2?")],
      [new HumanMessage("2+2?")],
    ]);
    expect(llmOutput?.tokenUsage).toEqual({
      promptTokens: 2 * each[0].promptTokens,
      completionTokens: 2 * each[0].completionTokens,
      totalTokens: 2 * each[0].totalTokens,
    });
  });
});
