import { AIMessageChunk } from "@langchain/core/messages";
import { FakeStreamingChatModel } from "@langchain/core/utils/testing";
import { GlimpRouterChatModel } from "../../src/index.js";
import { routeThought } from "../../src/router/route-thought.js";
import { BENCH_CONFIG } from "../bench-config.js";
import { type ThoughtShape, thoughtScript } from "../thought-script.js";
import { instantWriter } from "./instant-writer.js";

/** Reads a whole reply once, and returns how many steps it had (or tokens, where nobody counts steps). */
export type Reading = () => Promise<number>;

/** The baseline: the writer's items, read by a plain loop. */
export async function plainReading(shape: ThoughtShape): Promise<Reading> {
  const writer = instantWriter(shape);
  const opening = await writer.open(null);
  return async () => {
    let read = 0;
    for await (const item of writer.write(opening, "", { maxTokens: 1e6, topLogprobs: 20 })) {
      if (item.type === "text") read++;
    }
    return read / shape.tokensPerStep;
  };
}

/** The algorithm's own generator. */
export async function routedReading(
  shape: ThoughtShape,
  glimpse: "fused" | "probe",
): Promise<Reading> {
  const writer = instantWriter(shape);
  const opening = await writer.open(null);
  const input = {
    config: { ...BENCH_CONFIG, glimpse },
    writers: { small: writer, large: writer },
    openings: { small: opening, large: opening },
    now: () => performance.now(),
  };
  return async () => {
    let steps = 0;
    for await (const event of routeThought(input)) if (event.type === "step-end") steps++;
    return steps;
  };
}

/** What any chat model costs in LangChain: one that has its chunks ready. */
export function bareChatModelReading(shape: ThoughtShape): Reading {
  const chunks = thoughtScript(shape).thought.map(
    ({ text }) =>
      new AIMessageChunk({ content: "", additional_kwargs: { reasoning_content: text } }),
  );
  const model = new FakeStreamingChatModel({ chunks });
  return async () => {
    let read = 0;
    for await (const _chunk of await model.stream("Go.")) read++;
    return read / shape.tokensPerStep;
  };
}

function chatModel(shape: ThoughtShape): GlimpRouterChatModel {
  const writer = instantWriter(shape);
  return new GlimpRouterChatModel({
    small: new FakeStreamingChatModel({}),
    large: new FakeStreamingChatModel({}),
    continuation: { small: writer, large: writer },
    maxThoughtTokens: 1_000_000,
    maxSteps: 100_000,
  });
}

export function chatModelStreaming(shape: ThoughtShape): Reading {
  const model = chatModel(shape);
  return async () => {
    let steps = 0;
    for await (const { response_metadata } of await model.stream("Go.")) {
      if ("glimprouter" in response_metadata) steps = stepsOf(response_metadata.glimprouter);
    }
    return steps;
  };
}

export function chatModelInvoking(shape: ThoughtShape): Reading {
  const model = chatModel(shape);
  return async () => {
    const { response_metadata } = await model.invoke("Go.");
    return stepsOf(response_metadata.glimprouter);
  };
}

function stepsOf(record: unknown): number {
  return (record as { readonly steps: readonly unknown[] }).steps.length;
}
