import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { GlimpRouterChatModel } from "../../src/index.js";
import type { ServedReply } from "../../src/serve/index.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { PlainModel } from "./plain-model.js";
import { chunksOf, errorOf, QUESTION, served } from "./served.js";

const STREAM = { model: "glimprouter", messages: QUESTION, stream: true };
const slow = () => scriptedRouter({ small: { tokenDelayMs: 20 }, large: { tokenDelayMs: 20 } });
const open = ({ small, large }: ReturnType<typeof slow>) => small.openStreams + large.openStreams;

/** Reads until so many events of a stream were there: a piece of bytes may hold several. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>, events: number) {
  let text = "";
  while (text.split("\n\n").length <= events) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Only these events came: ${text}`);
    text += new TextDecoder().decode(value);
  }
}

function readerOf(response: Response) {
  if (response.body === null) throw new Error("No body.");
  return response.body.getReader();
}

describe("a client that leaves", () => {
  it.each([1, 4, 12, 18])(
    "after %i events closes both models' streams within 50 ms",
    async (count) => {
      const pair = slow();
      const told: ServedReply[] = [];
      const { post } = served(pair.router, { onReply: (reply) => told.push(reply) });
      const reader = readerOf(await post(STREAM));
      await read(reader, count);
      expect(open(pair)).toBe(1);
      const left = performance.now();
      await reader.cancel();
      expect(open(pair)).toBe(0);
      expect(Math.max(pair.small.endedAt, pair.large.endedAt) - left).toBeLessThan(50);
      expect(told).toMatchObject([{ model: "glimprouter", status: 499, routing: null }]);
    },
  );

  it.each([true, false])("by its request's signal does, too (stream: %s)", async (stream) => {
    const pair = slow();
    const { post } = served(pair.router);
    const client = new AbortController();
    const answer = post({ ...STREAM, stream }, {}, client.signal);
    if (stream) await read(readerOf(await answer), 3);
    else await vi.waitUntil(() => open(pair) === 1, { interval: 1 });
    const left = performance.now();
    client.abort();
    await vi.waitUntil(() => open(pair) === 0, { interval: 1 });
    expect(Math.max(pair.small.endedAt, pair.large.endedAt) - left).toBeLessThan(50);
    if (!stream) expect((await answer).status).toBe(499);
  });

  it("is heard, too, when all that nobody holds was collected meanwhile", async () => {
    const pair = slow();
    const { post } = served(pair.router);
    const client = new AbortController();
    const reader = readerOf(await post(STREAM, {}, client.signal));
    await read(reader, 1);
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
    client.abort();
    await vi.waitUntil(() => open(pair) === 0, { interval: 1, timeout: 200 });
  });

  it("closes them, too, where the hook that is told of it fails, and nothing is left uncaught", async () => {
    const pair = slow();
    const uncaught = vi.fn();
    process.on("uncaughtException", uncaught);
    onTestFinished(() => void process.off("uncaughtException", uncaught));
    const onReply = vi.fn(() => {
      throw new Error("The hook fails.");
    });
    const { post } = served(pair.router, { onReply });
    const client = new AbortController();
    await read(readerOf(await post(STREAM, {}, client.signal)), 3);
    client.abort();
    await vi.waitUntil(() => open(pair) === 0, { interval: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(onReply).toHaveBeenCalledTimes(1);
    expect(uncaught).not.toHaveBeenCalled();
  });

  it("is not kept by a model alone that hears no abort", async () => {
    const deaf = new PlainModel({ name: "deaf", isDeaf: true });
    const { post } = served(new GlimpRouterChatModel({ small: deaf, large: deaf }));
    const client = new AbortController();
    const answer = post({ ...STREAM, model: "glimprouter/small" }, {}, client.signal);
    await vi.waitUntil(() => PlainModel.calls.some(({ model }) => model === deaf));
    client.abort();
    expect((await answer).status).toBe(499);
  });

  it("before the first piece, and gives its place to the next", async () => {
    const pair = slow();
    const { post } = served(pair.router, { limits: { maxConcurrency: 1 } });
    const client = new AbortController();
    const answer = post(STREAM, {}, client.signal);
    await vi.waitUntil(() => open(pair) === 1, { interval: 1 });
    client.abort();
    expect((await answer).status).toBe(499);
    expect(open(pair)).toBe(0);
    const next = await post(STREAM);
    expect((await chunksOf(next)).at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });
});

describe("more requests than may be answered at once", () => {
  it("wait in order; a stream hears comments meanwhile, and then its reply", async () => {
    const pair = slow();
    const { post } = served(pair.router, { limits: { maxConcurrency: 1 } });
    const first = await post(STREAM);
    const second = await post(STREAM);
    expect(second.status).toBe(200);
    const reader = readerOf(second);
    const comment = await reader.read();
    expect(new TextDecoder().decode(comment.value)).toBe(": keep-alive\n\n");
    expect(pair.small.opened).toHaveLength(1);
    await chunksOf(first);
    let rest = "";
    for (let item = await reader.read(); !item.done; item = await reader.read()) {
      rest += new TextDecoder().decode(item.value);
    }
    expect(rest).not.toContain("keep-alive");
    expect(rest).toMatch(/"role":"assistant".*"finish_reason":"stop".*data: \[DONE\]\n\n$/s);
  });

  it("and more than may wait are told 429 and when to come back", async () => {
    const { router } = slow();
    const told: ServedReply[] = [];
    const { post } = served(router, {
      limits: { maxConcurrency: 1, queue: 1 },
      onReply: (reply) => told.push(reply),
    });
    const [first, second] = [await post(STREAM), post({ ...STREAM, stream: false })];
    const refused = await post(STREAM);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await errorOf(refused)).toMatchObject({
      status: 429,
      error: { type: "rate_limit_error", code: "queue_full" },
    });
    await chunksOf(first);
    expect((await second).status).toBe(200);
    expect(told.map(({ status }) => status)).toEqual([429, 200, 200]);
  });

  it("one that waits and leaves takes no place with it", async () => {
    const { router } = slow();
    const { post } = served(router, { limits: { maxConcurrency: 1, queue: 1 } });
    const first = await post(STREAM);
    const left = readerOf(await post(STREAM));
    await left.read();
    await left.cancel();
    const client = new AbortController();
    const whole = post({ ...STREAM, stream: false }, {}, client.signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
    client.abort();
    expect((await whole).status).toBe(499);
    const last = post({ ...STREAM, stream: false });
    await chunksOf(first);
    expect((await last).status).toBe(200);
    expect((await post({ ...STREAM, stream: false })).status).toBe(200);
  });

  it("one that waits, reads nothing and leaves is nobody's unhandled rejection", async () => {
    const { router } = slow();
    const { post } = served(router, { limits: { maxConcurrency: 1, queue: 1 } });
    const first = await post(STREAM);
    const client = new AbortController();
    await post(STREAM, {}, client.signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
    client.abort();
    await chunksOf(first);
    expect((await post({ ...STREAM, stream: false })).status).toBe(200);
  });

  it("one that reads no further and leaves by its signal alone gives its place back, and is told", async () => {
    const { router } = slow();
    const told: ServedReply[] = [];
    const { post } = served(router, {
      limits: { maxConcurrency: 1, queue: 1 },
      onReply: (reply) => told.push(reply),
    });
    for (const events of [0, 3]) {
      const [first, client] = [await post(STREAM), new AbortController()];
      const unread = readerOf(await post(STREAM, {}, client.signal));
      await read(unread, events === 0 ? 0 : 1);
      await chunksOf(first);
      await read(unread, events);
      // It has a place now, read or not.
      await new Promise((resolve) => setTimeout(resolve, 5));
      client.abort();
      expect((await post({ ...STREAM, stream: false })).status).toBe(200);
    }
    expect(told.map(({ status }) => status)).toEqual([200, 499, 200, 200, 499, 200]);
  });

  it("a failure of one that waited is an event: its head is gone already", async () => {
    const { router } = scriptedRouter({ small: { tokenDelayMs: 20, failAt: 0 } });
    const { post } = served(router, { limits: { maxConcurrency: 1 } });
    const [first, second] = [post(STREAM), post(STREAM)];
    expect((await first).status).toBe(503);
    const text = await (await second).text();
    expect(text).toMatch(/^: keep-alive\n\ndata: \{"error":\{"message":"The small model failed/);
    expect(text).not.toContain("[DONE]");
  });
});
