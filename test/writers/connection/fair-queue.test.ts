import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { recordOf } from "../../langchain/record-of.js";
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

  it("is asked beside its own open stream: a limit of one call in both roles, and as its own judge", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, { maxConcurrency: 1 });
    const router = new GlimpRouterChatModel({
      small: model,
      large: model,
      continuation: "vllm",
      verify: { by: "self", threshold: 1 },
    });
    const { steps, requests } = recordOf(await router.invoke("2+2?"));
    const judged = steps.flatMap(({ verified }) => verified ?? []);
    expect(judged.length).toBe(requests.verify);
    expect(judged.length).toBeGreaterThan(0);
    // What waits for its own stream is late (`timeoutMs`, 10 s). This one was asked, and has said something else than a digit.
    for (const { failed } of judged) expect(failed).toMatch(/^no rating from 0 to 9, but /);
  }, 9_000);
});
