import { describe, expect, it } from "vitest";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { collectWritten } from "../../servers/collect-written.js";
import { chatOpenAI, fakeVllm, PROMPT } from "../vllm/vllm-setup.js";

const HOW = { maxTokens: 3, topLogprobs: 0 };

describe("a model with `maxConcurrency`", () => {
  it("is asked in the order of asking: a chain of many requests goes behind those that waited", async () => {
    const server = await fakeVllm({ requestDelayMs: 10 });
    const model = chatOpenAI(server, { maxConcurrency: 1 });
    const writers = [vllmWriter(model, "small"), vllmWriter(model, "large")] as const;
    const opening = await writers[0].open(PROMPT);
    const chain = async (name: string, requests: number, [writer] = writers) => {
      for (let n = 0; n < requests; n++) {
        await collectWritten((n % 2 === 0 ? writer : writers[1]).write(opening, name, HOW));
      }
    };
    await Promise.all([chain("long", 6), chain("a", 2), chain("b", 2)]);
    // A stream has its slot until its head is there: it is the sending that is in turn.
    const sent = server.to("/v1/completions").map(({ body }) => String(body.prompt));
    const order = sent.map((prompt) => /(long|a|b)$/.exec(prompt)?.[0]);
    expect(order.slice(0, 3)).toEqual(["long", "a", "b"]);
    expect(order.slice(3, 6).sort()).toEqual(["a", "b", "long"]);
    expect(order.slice(6)).toEqual(Array(4).fill("long"));
  });
});
