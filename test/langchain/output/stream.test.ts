import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessageChunk } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import { TAPE, useEmbeddedPair } from "../embedded-router.js";

const { router } = useEmbeddedPair();

async function collect(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk[]> {
  const chunks: AIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function merged(chunks: readonly AIMessageChunk[]): AIMessageChunk {
  return chunks.reduce((whole, chunk) => concat(whole, chunk));
}

/**
 * Milliseconds differ between two runs, and what an engine still had of the prompt; so do, on some CPUs, the last digits of a logit
 * that is computed in another batch. Everything else must not.
 */
const OF_THE_RUN = ["ms", "cached_tokens", "cache_read"];
function withoutTimes(metadata: unknown): unknown {
  return JSON.parse(
    JSON.stringify(metadata, (key, value) => {
      if (OF_THE_RUN.includes(key)) return 0;
      return typeof value === "number" ? Number(value.toFixed(4)) : value;
    }),
  );
}

describe("stream", () => {
  it("hands out every character once, and merges to what invoke returns", async () => {
    const chunks = await collect(await router().stream(TAPE));
    const invoked = await router().invoke(TAPE);
    const whole = merged(chunks);
    expect(whole.content).toBe(invoked.content);
    expect(whole.additional_kwargs).toEqual(invoked.additional_kwargs);
    const paid = withoutTimes(invoked.usage_metadata) as object;
    expect(withoutTimes(whole.usage_metadata)).toMatchObject(paid);
    expect(withoutTimes(whole.response_metadata)).toEqual(withoutTimes(invoked.response_metadata));
    // One token per character: a chunk for each of the answer's, and many more for the thought.
    expect(chunks.length).toBeGreaterThan(2 * invoked.text.length);
  });

  it("never ends the thought in blanks, chunk by chunk", async () => {
    let thought = "";
    for await (const chunk of await router().stream(TAPE)) {
      const delta = chunk.additional_kwargs.reasoning_content ?? "";
      thought += delta as string;
      expect(thought).toBe(thought.trimEnd());
    }
    expect(thought.split("\n\n")).toHaveLength(5);
  });

  it("carries routing record and usage on the last chunk only", async () => {
    const chunks = await collect(await router().stream(TAPE));
    const withRecord = chunks.filter((chunk) => "glimprouter" in chunk.response_metadata);
    const withUsage = chunks.filter((chunk) => chunk.usage_metadata !== undefined);
    expect(withRecord).toEqual([chunks.at(-1)]);
    expect(withUsage).toEqual([chunks.at(-1)]);
  });

  it('streams blocks with stable indices for outputVersion "v1"', async () => {
    const chunks = await collect(await router({ outputVersion: "v1" }).stream(TAPE));
    const blocks = merged(chunks).contentBlocks;
    const thought = "59, +10, %6, +90, %9\n\n69, %6, +90, %9\n\n3, +90, %9\n\n93, %9\n\n3";
    expect(blocks).toEqual([
      { type: "reasoning", reasoning: thought, index: 0 },
      { type: "text", text: "Answer: \\boxed{3}", index: 1 },
    ]);
  });

  it("tells each decision as a custom event, before the step's text", async () => {
    const seen: string[] = [];
    const handler = BaseCallbackHandler.fromMethods({
      handleCustomEvent: (name: string, { step, route }: { step: number; route: string }) => {
        seen.push(`${name} ${step} ${route}`);
      },
      handleLLMNewToken: (_token, _index, _runId, _parent, _tags, fields) => {
        const chunk = (fields?.chunk as { message?: AIMessageChunk } | undefined)?.message;
        const thought = chunk?.additional_kwargs.reasoning_content;
        if (typeof thought === "string" && thought.startsWith("\n\n")) seen.push(thought.trim());
      },
    });
    handler.awaitHandlers = true;
    await collect(await router().stream(TAPE, { callbacks: [handler] }));
    expect(seen).toEqual([
      "glimprouter_step 1 small",
      "glimprouter_step 2 small",
      "6",
      "glimprouter_step 3 large",
      "3",
      "glimprouter_step 4 small",
      "9",
      "glimprouter_step 5 large",
      "3",
    ]);
  });

  it("gives the sequences back when a consumer stops reading", async () => {
    const model = router();
    for (let call = 0; call < 12; call++) {
      for await (const _chunk of await model.stream(TAPE)) break;
    }
    expect((await model.invoke(TAPE)).text).toBe("Answer: \\boxed{3}");
  });
});
