import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/langchain/chat-model.js";
import { routingOf } from "../../../src/langchain/output/routing-of.js";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { Fault } from "../../servers/http/fault.js";
import { chatOpenAI, fakeVllm, PROMPT } from "./vllm-setup.js";

const HOW = { maxTokens: 3, topLogprobs: 0 };

async function pair(fields: { maxRetries?: number } = { maxRetries: 2 }) {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(small, fields),
    large: chatOpenAI(large, fields),
    continuation: "vllm",
  });
  return { small, large, router };
}

describe("F5: a stream that a server cuts is gone on with", () => {
  it.each<[Fault, string, "small" | "large"]>([
    ["cut", "cut", "small"],
    ["cut", "cut", "large"],
    ["close-after-headers", "cut", "small"],
    ["close-after-headers", "cut", "large"],
    ["error-in-stream", "error", "small"],
    ["error-in-stream", "error", "large"],
    ["no-finish", "cut", "large"],
  ])("%s (%s) at %s: the very text, one request more", async (fault, reason, role) => {
    const whole = await (await pair()).router.invoke("2+2?");
    const { router, ...servers } = await pair();
    servers[role].fail(fault, { path: "/v1/completions" });
    const reply = await router.invoke("2+2?");
    expect(reply.text).toBe(whole.text);
    expect(reply.additional_kwargs).toEqual(whole.additional_kwargs);
    const [before, after] = [routingOf(whole), routingOf(reply)];
    expect(after?.retries).toMatchObject([{ role, reason }]);
    expect(before?.retries).toBeUndefined();
    expect(after?.requests[role]).toBe((before?.requests[role] ?? 0) + 1);
    expect(after?.steps.map(({ route, end, entropy }) => [route, end, entropy])).toEqual(
      before?.steps.map(({ route, end, entropy }) => [route, end, entropy]),
    );
  });

  it("in the answer, too: none of it twice, none lost, as it is streamed", async () => {
    const { large, router } = await pair();
    const answer = { path: "/v1/completions" };
    let text = "";
    let isSet = false;
    for await (const chunk of await router.stream("2+2?")) {
      // Large's one step is written: what it is asked next is the answer.
      if (!isSet && large.to(answer.path).length === 1) {
        isSet = true;
        large.fail("cut", answer);
      }
      text += chunk.text;
    }
    expect(text).toBe("The answer is 4.");
    expect(large.to(answer.path)).toHaveLength(3);
  });

  it("and is an error where the model may not be asked again", async () => {
    const { large, router } = await pair({ maxRetries: 0 });
    large.fail("cut", { path: "/v1/completions" });
    await expect(router.invoke("2+2?")).rejects.toMatchObject({ reason: "stream_cut" });
  });
});

describe("F4: silence", () => {
  it("of a server that has taken the request ends at `firstTokenTimeoutMs`, with the thought", async () => {
    const small = await fakeVllm();
    const large = await fakeVllm({ requestDelayMs: 5_000 });
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(small),
      large: chatOpenAI(large),
      continuation: "vllm",
      firstTokenTimeoutMs: 200,
    });
    const begun = performance.now();
    const error = await router.invoke("2+2?").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining("firstTokenTimeoutMs") });
    expect(performance.now() - begun).toBeLessThan(15_000);
  });
});

describe("F7, F8: retries before a stream begins", () => {
  it("F7: a connection that dies each time costs as many attempts as LangChain means", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server, { maxRetries: 2 }), "small");
    const opening = await writer.open(PROMPT);
    server.fail("close-before-first-byte", { path: "/v1/completions", times: 10 });
    const { signal } = new AbortController();
    await expect(collectWritten(writer.write(opening, "", HOW, signal))).rejects.toMatchObject({
      reason: "server",
    });
    expect(server.to("/v1/completions")).toHaveLength(3);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("F8: a call that is aborted in a backoff frees its slot at once", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, { maxRetries: 6, maxConcurrency: 1 });
    const writer = vllmWriter(model, "small");
    const opening = await writer.open(PROMPT);
    server.fail("server-error", { path: "/v1/completions" });
    const controller = new AbortController();
    const failing = collectWritten(writer.write(opening, "", HOW, controller.signal));
    const failed = expect(failing).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(() => server.to("/v1/completions").length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    await failed;
    const begun = performance.now();
    const { text } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toBe("First we add");
    expect(performance.now() - begun).toBeLessThan(900);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});
