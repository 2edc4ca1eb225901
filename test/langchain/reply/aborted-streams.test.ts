import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { describe, expect, it } from "vitest";
import { type GlimpRouterChatModel, GlimpRouterError } from "../../../src/index.js";
import { graphOf, inputOf } from "../output/token-surfaces.js";
import { scriptedRouter } from "../scripted-pair.js";

/** Large never comes to its first token: an abort strikes while it is awaited. */
const STUCK = { large: { tokenDelayMs: 600_000 } };
const SMALLS_STEP = "First we add 2 and 2.\n\n";

type Options = { signal?: AbortSignal; timeout?: number; callbacks?: BaseCallbackHandler[] };

/** Each way to have a reply piece by piece, read to its end. */
const STREAMS: Readonly<
  Record<string, (router: GlimpRouterChatModel, options: Options) => Promise<void>>
> = {
  stream: async (router, options) => {
    for await (const _chunk of await router.stream("2+2?", options));
  },
  "bound stream": async (router, options) => {
    const bound = router.bindTools([]);
    for await (const _chunk of await bound.stream("2+2?", options));
  },
  "streamEvents v1": async (router, options) => {
    for await (const _event of router.streamEvents("2+2?", { ...options, version: "v1" }));
  },
  "streamEvents v2": async (router, options) => {
    for await (const _event of router.streamEvents("2+2?", { ...options, version: "v2" }));
  },
  "streamEvents without version": async (router, options) => {
    for await (const _event of router.streamEvents("2+2?", options));
  },
  "the message of streamEvents without version": async (router, options) => {
    await router.streamEvents("2+2?", options).output;
  },
};

const streams = Object.entries(STREAMS);

/** Handler that keeps the errors of runs. */
function errorHandler() {
  const errors: unknown[] = [];
  const handler = BaseCallbackHandler.fromMethods({
    handleLLMError: (error) => void errors.push(error),
  });
  handler.awaitHandlers = true;
  return { errors, handler };
}

/** Aborts when large is being asked for its step. */
function abortInStep(large: { readonly openStreams: number }, reason?: unknown): AbortSignal {
  const own = new AbortController();
  const watch = setInterval(() => {
    if (large.openStreams === 0) return;
    clearInterval(watch);
    own.abort(reason);
  }, 5);
  return own.signal;
}

/** An error that has what `invoke` gives. */
function withThought(name: string) {
  return {
    name,
    reason: "aborted",
    thought: SMALLS_STEP,
    routing: {
      steps: [{ step: 1, route: "small" }],
      usage: { small: { input_tokens: expect.any(Number) } },
      requests: { small: 1, large: 1 },
    },
  };
}

const errorOf = (run: Promise<unknown>) =>
  run.then(
    () => new Error("It ended."),
    (error: unknown) => error,
  );

describe.each(streams)("L14, U6, F10: %s", (_name, read) => {
  it("an abort has the thought, the routing and the usage, as in invoke", async () => {
    const invoked = scriptedRouter(STUCK);
    const expected = await errorOf(
      invoked.router.invoke("2+2?", { signal: abortInStep(invoked.large) }),
    );
    const { router, large, small } = scriptedRouter(STUCK);
    const error = await errorOf(read(router, { signal: abortInStep(large) }));
    expect(GlimpRouterError.isInstance(error)).toBe(true);
    expect(error).toMatchObject(withThought("AbortError"));
    const { thought, message, routing } = expected as GlimpRouterError;
    expect(error).toMatchObject({ thought, message });
    expect((error as GlimpRouterError).routing?.usage).toEqual(routing?.usage);
    expect(small.openStreams + large.openStreams).toBe(0);
  });

  it("the signal's own reason is the cause", async () => {
    const { router, large } = scriptedRouter(STUCK);
    const reason = new Error("enough");
    const error = await errorOf(read(router, { signal: abortInStep(large, reason) }));
    expect(error).toMatchObject({ ...withThought("AbortError"), message: "enough" });
    expect((error as Error).cause).toBe(reason);
  });

  it("a time-out keeps its name", async () => {
    const { router } = scriptedRouter(STUCK);
    const error = await errorOf(read(router, { timeout: 1500 }));
    expect(error).toMatchObject(withThought("TimeoutError"));
  });

  it("a fault in the middle has them, too", async () => {
    const { router } = scriptedRouter({ large: { failAt: 0 } });
    const error = await errorOf(read(router, {}));
    expect(error).toMatchObject({
      ...withThought("GlimpRouterError"),
      reason: "server",
      message: "The large model failed: The engine died.",
    });
  });
});

describe("L14: an abort of stream()", () => {
  it("between two reads is told at the next one", async () => {
    const slow = { tokenDelayMs: 5 };
    const { router, small, large } = scriptedRouter({ small: slow, large: slow });
    const own = new AbortController();
    let handedOut = "";
    const read = async () => {
      for await (const chunk of await router.stream("2+2?", { signal: own.signal })) {
        handedOut += String(chunk.additional_kwargs.reasoning_content ?? "");
        if (handedOut.length < 12) continue;
        own.abort();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const error = (await errorOf(read())) as GlimpRouterError;
    expect(error).toMatchObject({ name: "AbortError", reason: "aborted" });
    expect(error.thought.startsWith(handedOut)).toBe(true);
    expect(small.openStreams + large.openStreams).toBe(0);
  });

  it("before the first token has no thought, and asks nobody", async () => {
    const { router, small } = scriptedRouter();
    const error = await errorOf(router.stream("2+2?", { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError", reason: "aborted", thought: "" });
    expect(small.opened).toEqual([]);
  });

  it("behind the last token changes nothing", async () => {
    const { router } = scriptedRouter();
    const own = new AbortController();
    let text = "";
    for await (const chunk of await router.stream("2+2?", { signal: own.signal })) {
      text += chunk.text;
      if (chunk.usage_metadata !== undefined) own.abort();
    }
    expect(text).toBe("The answer is 4.");
  });

  it("with disableStreaming is as invoke's", async () => {
    const { router, large } = scriptedRouter(STUCK, { disableStreaming: true });
    const error = await errorOf(STREAMS.stream?.(router, { signal: abortInStep(large) }) as never);
    expect(error).toMatchObject(withThought("AbortError"));
  });
});

describe("L14: streamEvents v2", () => {
  it("can still be left by its reader, without an error", async () => {
    const slow = { tokenDelayMs: 5 };
    for (const signal of [undefined, new AbortController().signal]) {
      const { router, small, large } = scriptedRouter({ small: slow, large: slow });
      let seen = 0;
      const options = { version: "v2" as const, ...(signal === undefined ? {} : { signal }) };
      for await (const _event of router.streamEvents("2+2?", options)) {
        if (++seen === 10) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(small.openStreams + large.openStreams).toBe(0);
    }
  });
});

describe("U6: behind what throws the signal's bare reason itself, the error stands in handleLLMError", () => {
  const prompt = ChatPromptTemplate.fromMessages([["human", "{question}"]]);
  const question = { question: "2+2?" };

  it.each<[string, (router: GlimpRouterChatModel, options: Options) => Promise<unknown>]>([
    ["pipe, invoke", (router, options) => prompt.pipe(router).invoke(question, options)],
    [
      "pipe, stream",
      async (router, options) => {
        for await (const _chunk of await prompt.pipe(router).stream(question, options));
      },
    ],
    [
      "withRetry, stream",
      async (router, options) => {
        const retried = router.withRetry({ stopAfterAttempt: 1 });
        for await (const _chunk of await retried.stream("2+2?", options));
      },
    ],
    ["a graph", (router, options) => graphOf(router).invoke(inputOf("2+2?"), options)],
    [
      "a graph's streamMode messages",
      async (router, options) => {
        const config = { ...options, streamMode: "messages" as const };
        for await (const _item of await graphOf(router).stream(inputOf("2+2?"), config));
      },
    ],
  ])("%s", async (_name, run) => {
    const { router, large } = scriptedRouter(STUCK);
    const { errors, handler } = errorHandler();
    const signal = abortInStep(large);
    const error = await errorOf(run(router, { signal, callbacks: [handler] }));
    expect(error).toMatchObject({ name: "AbortError" });
    await expect.poll(() => errors).toHaveLength(1);
    expect(errors[0]).toMatchObject(withThought("AbortError"));
  });
});
