import type { AIMessageChunk } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, GlimpRouterError, type RoutingRecord } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import type { FakeVllm } from "../../servers/fake-vllm/start-fake-vllm.js";
import { chatOpenAI, fakeVllm } from "../vllm/vllm-setup.js";
import { ScriptedChatModel, type ScriptedChunk } from "./scripted-chat-model.js";

/** Three steps of small's, of which the second is hard (H 2.1), and the hosted model's part in them. */
const STEP = ["No: ", "2 and 2 are 4."];
const ANSWER = ["It is ", "4."];

const usage = (input_tokens: number, output_tokens: number): ScriptedChunk => ({
  content: "",
  usage_metadata: { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
  response_metadata: { finish_reason: "stop" },
});

async function routed(
  replies: readonly (readonly ScriptedChunk[])[],
  { delayMs = 0 } = {},
): Promise<{ router: GlimpRouterChatModel; large: ScriptedChatModel; server: FakeVllm }> {
  const server = await fakeVllm();
  const large = new ScriptedChatModel(replies, { delayMs });
  const router = new GlimpRouterChatModel({ small: chatOpenAI(server), large });
  return { router, large, server };
}

const routes = ({ steps }: RoutingRecord) => steps.map(({ route, end }) => `${route} ${end}`);

describe("small on a server of one's own, large of any provider's", () => {
  it("share one thought; the hard step and the answer are asked for", async () => {
    const { router, large, server } = await routed([
      [...STEP, usage(40, 9)],
      [...ANSWER, usage(60, 5)],
    ]);
    const message = await router.invoke("2+2?");
    expect(message.text).toBe("It is 4.");
    expect(message.additional_kwargs.reasoning_content).toBe(
      "First we add 2 and 2.\n\nNo: 2 and 2 are 4.\n\nYes, it is four.",
    );
    const record = recordOf(message);
    expect(routes(record)).toEqual(["small boundary", "large boundary", "small close"]);
    expect(record).toMatchObject({
      continuation: { small: "vllm", large: "ask" },
      requests: { small: 2, large: 2 },
      usage: { large: { input_tokens: 100, output_tokens: 14, estimated: false } },
      stopReason: "closed",
      answeredBy: "large",
    });
    expect(large.asked(0)).toContain("<thought_so_far>\nFirst we add 2 and 2.\n</thought_so_far>");
    expect(large.asked(1)).toContain("No: 2 and 2 are 4.\n\nYes, it is four.\n</thought_so_far>");
    expect(server.violations).toEqual([]);
  });

  it("counts what its provider had cached, whole or in parts", async () => {
    const read = (input_tokens: number, cache_read: number): ScriptedChunk => ({
      content: "",
      usage_metadata: {
        input_tokens,
        output_tokens: 0,
        total_tokens: input_tokens,
        input_token_details: { cache_read },
      },
    });
    const { router } = await routed([
      [read(40, 32), ...STEP, usage(0, 9)],
      [read(60, 16), ...ANSWER, usage(0, 5)],
    ]);
    const message = await router.invoke("2+2?");
    expect(recordOf(message).usage.large).toEqual({
      input_tokens: 100,
      cached_tokens: 48,
      output_tokens: 14,
      discarded_tokens: 0,
      estimated: false,
    });
    expect(message.usage_metadata?.input_token_details).toEqual({ cache_read: 48 });
  });

  it("streams what it returns", async () => {
    const replies = [
      [...STEP, usage(40, 9)],
      [...ANSWER, usage(60, 5)],
    ];
    const invoked = await (await routed(replies)).router.invoke("2+2?");
    const chunks: AIMessageChunk[] = [];
    const { router } = await routed(replies);
    for await (const chunk of await router.stream("2+2?")) chunks.push(chunk as AIMessageChunk);
    const whole = chunks.reduce((left, right) => concat(left, right));
    expect(whole.text).toBe(invoked.text);
    expect(whole.additional_kwargs).toEqual(invoked.additional_kwargs);
    expect(chunks.map(({ text }) => text).filter((text) => text !== "")).toEqual(ANSWER);
  });

  it("takes one step of a reply with several, and aborts the rest", async () => {
    const more = Array.from({ length: 50 }, () => "And more. ");
    const { router, large } = await routed([[...STEP, "\n\n", "Then 5.\n\n", ...more], ANSWER]);
    const message = await router.invoke("2+2?");
    expect(message.additional_kwargs.reasoning_content).toBe(
      "First we add 2 and 2.\n\nNo: 2 and 2 are 4.\n\nYes, it is four.",
    );
    expect(large.calls[0]).toMatchObject({ aborted: true });
    expect(large.calls[0]?.sent).toBeLessThan(10);
    expect(recordOf(message).usage.large.estimated).toBe(true);
  });

  it("ends the thought where the large model closes it", async () => {
    const { router, large } = await routed([["</think>"], ANSWER]);
    const message = await router.invoke("2+2?");
    expect(routes(recordOf(message))).toEqual(["small boundary", "large close"]);
    expect(message.additional_kwargs.reasoning_content).toBe("First we add 2 and 2.");
    expect(large.calls).toHaveLength(2);
  });

  it("caps a turn of large by counting: small goes on in mid-step", async () => {
    const server = await fakeVllm();
    const long = Array.from({ length: 40 }, (_, index) => `w${index} `);
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(server),
      large: new ScriptedChatModel([long, ANSWER]),
      maxStepTokens: 5,
    });
    const record = recordOf(await router.invoke("2+2?"));
    expect(routes(record).slice(0, 2)).toEqual(["small boundary", "large boundary"]);
    expect(record.steps[1]?.parts).toMatchObject([
      { route: "large", end: "length", tokens: 5 },
      { route: "small", end: "boundary" },
    ]);
  });

  it("an error in mid-thought names large, and carries the thought so far", async () => {
    const failure = Object.assign(new Error("Overloaded"), { status: 529 });
    const { router } = await routed([["No: ", failure]]);
    const error = await router.invoke("2+2?").catch((thrown: unknown) => thrown);
    if (!GlimpRouterError.isInstance(error)) throw error;
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain("The large model (scripted) failed at writing: Overloaded.");
    expect(error.thought).toBe("First we add 2 and 2.\n\nNo: ");
    expect(error.routing?.steps).toHaveLength(1);
  });

  it("an abort while large writes ends its request, and carries the thought", async () => {
    const { router, large } = await routed([["No: ", "2 and", " 2", " are", " 4."]], {
      delayMs: 60,
    });
    const controller = new AbortController();
    let thought = "";
    const reading = (async () => {
      const stream = await router.stream("2+2?", { signal: controller.signal });
      for await (const chunk of stream) {
        thought += chunk.additional_kwargs.reasoning_content ?? "";
        if (thought.includes("No:")) controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(large.calls).toMatchObject([{ aborted: true }]);
    expect(large.calls[0]?.sent).toBeLessThan(4);
  });

  it("a stream of ChatOpenAI's that ends without finish_reason was cut", async () => {
    const server = await fakeVllm();
    const broken = chatOpenAI(
      { baseURL: "http://127.0.0.1:9/v1" },
      {
        configuration: {
          fetch: async () =>
            new Response('data: {"choices":[{"index":0,"delta":{"content":"No"}}]}\n\n', {
              headers: { "content-type": "text/event-stream" },
            }),
        },
      },
    );
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(server),
      large: broken,
      continuation: { small: "auto", large: "ask" },
    });
    await expect(router.invoke("2+2?")).rejects.toMatchObject({
      reason: "stream_cut",
      role: "large",
      thought: "First we add 2 and 2.\n\nNo",
    });
  });

  it("refuses to route with a small model that cannot be glimpsed, before anything is spent", async () => {
    const server = await fakeVllm();
    const small = new ScriptedChatModel([]);
    const large = chatOpenAI(server);
    const auto = new GlimpRouterChatModel({ small, large });
    await expect(auto.invoke("2+2?")).rejects.toMatchObject({
      reason: "unknown_server",
      role: "small",
      message: expect.stringContaining("another small model that gives log-probabilities"),
    });
    const asked = new GlimpRouterChatModel({ small, large, continuation: "ask" });
    await expect(asked.invoke("2+2?")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "small",
    });
    expect(server.to("/v1/completions")).toEqual([]);
  });
});
