import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { always, type RoutingRecord } from "../../src/index.js";
import { TAPE, useEmbeddedPair } from "./embedded-router.js";
import { recordOf } from "./record-of.js";

const { router } = useEmbeddedPair();
const THOUGHT = "59, +10, %6, +90, %9\n\n69, %6, +90, %9\n\n3, +90, %9\n\n93, %9\n\n3";

describe("invoke, on two real models", () => {
  it("answers with the thought as reasoning and the answer alone as content", async () => {
    const message = await router().invoke(TAPE);
    expect(message).toBeInstanceOf(AIMessageChunk);
    expect(message.content).toBe("Answer: \\boxed{3}");
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(message.contentBlocks).toEqual([
      { type: "reasoning", reasoning: THOUGHT },
      { type: "text", text: "Answer: \\boxed{3}" },
    ]);
    expect(message.response_metadata.finish_reason).toBe("stop");
  });

  it("records every decision as the contract has it", async () => {
    const record = recordOf(await router().invoke(TAPE));
    expect(record.steps.map(({ step, route, end }) => [step, route, end])).toEqual([
      [1, "small", "boundary"],
      [2, "small", "boundary"],
      [3, "large", "boundary"],
      [4, "small", "boundary"],
      [5, "large", "close"],
    ]);
    for (const { route, entropy } of record.steps) {
      if (route === "large") expect(entropy).toBeGreaterThan(1);
      else expect(entropy).toBeLessThan(1);
    }
    expect(record).toMatchObject({
      threshold: 1,
      interventionRate: 0.4,
      handoffs: 3,
      requests: { small: 2, large: 3 },
      continuation: { small: "local", large: "local" },
      stopReason: "closed",
      answeredBy: "large",
      answer: { end: "eos" },
    });
    const byLarge = record.steps.filter(({ route }) => route === "large");
    const sum = (steps: typeof byLarge) => steps.reduce((total, { tokens }) => total + tokens, 0);
    expect(record.largeShare).toBeCloseTo(sum(byLarge) / sum([...record.steps]), 10);
    // One token a character; the closing tag is one more that the last step does not have.
    expect(sum([...record.steps])).toBeGreaterThanOrEqual(THOUGHT.length);
  });

  it("sums the usage of both models, discarded tokens included", async () => {
    const message = await router().invoke(TAPE);
    const { small, large } = recordOf(message).usage;
    expect(message.usage_metadata).toEqual({
      input_tokens: small.input_tokens + large.input_tokens,
      output_tokens: small.output_tokens + large.output_tokens,
      total_tokens:
        small.input_tokens + large.input_tokens + small.output_tokens + large.output_tokens,
      input_token_details: {
        cache_read: (small.cached_tokens ?? Number.NaN) + (large.cached_tokens ?? Number.NaN),
      },
    });
    // In this process it is known of every request, also of those that were left.
    expect(small).toMatchObject({ estimated: false });
    expect(small.cached_tokens).toBeGreaterThan(0);
    expect(small.discarded_tokens).toBeGreaterThan(0);
    expect(large).toMatchObject({ discarded_tokens: 0, estimated: false });
  });

  it("decides and writes the same with fused and with probed glimpses, in fewer requests", async () => {
    const fused = await router().invoke(TAPE);
    const probed = await router({ glimpse: "probe" }).invoke(TAPE);
    expect(probed.text).toBe(fused.text);
    expect(probed.additional_kwargs).toEqual(fused.additional_kwargs);
    const routes = (message: typeof fused) => recordOf(message).steps.map(({ route }) => route);
    expect(routes(probed)).toEqual(routes(fused));
    const total = ({ small, large }: RoutingRecord["requests"]) => small + large;
    const { steps } = recordOf(fused);
    const byLarge = steps.filter(({ route }) => route === "large").length;
    expect(total(recordOf(fused).requests)).toBeLessThanOrEqual(2 * byLarge + 2);
    expect(total(recordOf(probed).requests)).toBe(2 * steps.length + 1);
  });

  it("takes a policy in the threshold's place", async () => {
    const record = recordOf(await router({ policy: always("small") }).invoke(TAPE));
    expect(record.threshold).toBeNull();
    expect(record.interventionRate).toBe(0);
    expect(record.requests).toEqual({ small: 1, large: 1 });
  });

  it("lets the small model answer with answerBy", async () => {
    const record = recordOf(await router({ answerBy: "small" }).invoke(TAPE));
    expect(record.answeredBy).toBe("small");
  });

  it("applies `stop` to the answer only", async () => {
    const message = await router().invoke(TAPE, { stop: [" \\boxed", "9, %9\n"] });
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(message.content).toBe("Answer:");
    expect(recordOf(message).answer?.end).toBe("stop");
  });

  it("keeps concurrent replies apart in a batch", async () => {
    const tapes = [TAPE, "35, -3, +1, %7", "88, -20, %7, +30", TAPE, "12, +5, %6, +40"];
    const together = await router().batch(tapes);
    const alone = [];
    for (const tape of tapes) alone.push(await router().invoke(tape));
    expect(together.map(({ text }) => text)).toEqual(alone.map(({ text }) => text));
    expect(together.map(({ additional_kwargs }) => additional_kwargs)).toEqual(
      alone.map(({ additional_kwargs }) => additional_kwargs),
    );
  });
});
