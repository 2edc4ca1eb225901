import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessageChunk } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import { everyToken } from "../../../src/index.js";
import { SCRIPT, scriptedRouter } from "../scripted-pair.js";
import { toolPair, weather } from "../tools/tool-pair.js";
import { graphOf, inputOf } from "./token-surfaces.js";
import { WHOLE_REPLIES } from "./whole-replies.js";

const QUESTION = "2+2?";

/** What each part has of the reply's text, in order, as chunks say it. */
function textsByPart(chunks: readonly AIMessageChunk[]): readonly [string, string][] {
  const parts: [string, string][] = [];
  for (const chunk of chunks) {
    const { id, name } = (chunk.response_metadata.glimprouter_part ?? {}) as Record<string, string>;
    const text = chunk.text + String(chunk.additional_kwargs.reasoning_content ?? "");
    if (text === "") continue;
    const part = `${id} ${name}`;
    const last = parts.at(-1);
    if (last?.[0] === part) last[1] += text;
    else parts.push([part, text]);
  }
  return parts.map(([part, text]) => [part, text.trim()]);
}

async function collect(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk[]> {
  const chunks: AIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const PARTS = [
  ["1 small", SCRIPT.steps[0]?.text],
  ["2 large", SCRIPT.steps[1]?.text],
  ["3 small", SCRIPT.steps[2]?.text],
  ["answer large", SCRIPT.answer],
];

describe("U21: chunks while streaming say whose they are", () => {
  it("in stream, the thought's by step and the answer's as such", async () => {
    const { router } = scriptedRouter();
    expect(textsByPart(await collect(await router.stream(QUESTION)))).toEqual(PARTS);
  });

  it("in streamEvents v2, in a graph's streamMode messages, and for a plain handler", async () => {
    const { router } = scriptedRouter();
    const ofEvents: AIMessageChunk[] = [];
    for await (const { event, data } of router.streamEvents(QUESTION, { version: "v2" })) {
      if (event === "on_chat_model_stream") ofEvents.push(data.chunk as AIMessageChunk);
    }
    expect(textsByPart(ofEvents)).toEqual(PARTS);

    const ofGraph: AIMessageChunk[] = [];
    const stream = await graphOf(router).stream(inputOf(QUESTION), { streamMode: "messages" });
    for await (const [message] of stream) ofGraph.push(message as AIMessageChunk);
    expect(textsByPart(ofGraph)).toEqual(PARTS);

    const ofHandler: AIMessageChunk[] = [];
    const handler = BaseCallbackHandler.fromMethods({
      handleLLMNewToken: (_token, _index, _runId, _parent, _tags, fields) => {
        const { chunk } = fields as unknown as { chunk: { message: AIMessageChunk } };
        ofHandler.push(chunk.message);
      },
    });
    handler.awaitHandlers = true;
    await collect(await router.stream(QUESTION, { callbacks: [handler] }));
    expect(textsByPart(ofHandler)).toEqual(PARTS);
  });

  it.each(
    Object.entries(WHOLE_REPLIES).filter(([name]) => name !== "streamEvents without version"),
  )("and merging chunks, however many, leaves it as it was: %s", async (_name, whole) => {
    const { router } = scriptedRouter();
    const { response_metadata } = await whole(router, QUESTION);
    expect(response_metadata.glimprouter_part).toEqual({ id: "answer", name: "large" });
  });

  it("names each part of a step that large takes over inside", async () => {
    const glimpseAt = everyToken({ turn: 2 });
    const { router } = scriptedRouter();
    const chunks = await collect(await router.stream(QUESTION, { glimpseAt }));
    expect(textsByPart(chunks)).toEqual([
      PARTS[0],
      ["2 large", "Wait, is"],
      ["2 small", "that right?"],
      PARTS[2],
      PARTS[3],
    ]);
    const merged = chunks.reduce((before, chunk) => concat(before, chunk));
    expect(merged.response_metadata.glimprouter_part).toEqual({ id: "answer", name: "large" });
  });

  it("stays right when the first chunks are merged by whoever reads them", async () => {
    const { router } = scriptedRouter();
    let merged: AIMessageChunk | undefined;
    for await (const chunk of await router.stream(QUESTION)) {
      merged = merged === undefined ? chunk : concat(merged, chunk as AIMessageChunk);
      const part = chunk.response_metadata.glimprouter_part;
      expect(merged.response_metadata.glimprouter_part).toEqual(part);
    }
  });

  it("says of calls who answers, and with thinking: false which step writes the reply", async () => {
    const { router } = await toolPair();
    const chunks = await collect(await router().stream("Oslo?", { tools: [weather] }));
    const ofCalls = chunks.filter(({ tool_call_chunks = [] }) => tool_call_chunks.length > 0);
    const parts = ofCalls.map(({ response_metadata }) => response_metadata.glimprouter_part);
    expect(new Set(parts.map((part) => JSON.stringify(part)))).toEqual(
      new Set(['{"id":"answer","name":"large"}']),
    );
    const plain = scriptedRouter({}, { thinking: false });
    const steps = textsByPart(await collect(await plain.router.stream(QUESTION)));
    expect(steps.map(([part]) => part).slice(0, 3)).toEqual(["1 small", "2 large", "3 small"]);
  });
});
