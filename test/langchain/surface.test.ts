import { AIMessageChunk, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterMessage } from "../../src/index.js";
import { recordOf } from "./record-of.js";
import { SCRIPT, ScriptedChatModel, scriptedRouter, THOUGHT } from "./scripted-pair.js";

const ANSWER = "The answer is 4.";

describe("what a call returns", () => {
  it("is an AIMessageChunk with id, usage, finish reason and model", async () => {
    const { router } = scriptedRouter();
    const message = await router.invoke("2+2?");
    expect(message).toBeInstanceOf(AIMessageChunk);
    expect(message.id).toBeUndefined();
    expect(message.usage_metadata?.total_tokens).toBeGreaterThan(0);
    expect(message.response_metadata).toMatchObject({
      finish_reason: "stop",
      model: "glimprouter",
      model_provider: "glimprouter",
    });
  });

  it("has the run's id where anybody listens", async () => {
    const { router } = scriptedRouter();
    const runId = "01902f5c-0000-7000-8000-000000000001";
    const message = await router.invoke("2+2?", { callbacks: [{ handleLLMEnd: () => {} }], runId });
    expect(message.id).toBe(`run-${runId}`);
  });

  it('says finish_reason "length" where the answer was cut', async () => {
    const { router } = scriptedRouter({}, { maxAnswerTokens: 2 });
    const message = await router.invoke("2+2?");
    expect(message.response_metadata.finish_reason).toBe("length");
    expect(recordOf(message).answer?.end).toBe("length");
  });

  it.each(["v0", "v1"] as const)(
    "has content %s streamed as it has it invoked",
    async (version) => {
      const { router } = scriptedRouter({}, { outputVersion: version });
      const invoked = await router.invoke("2+2?");
      let streamed: GlimpRouterMessage | undefined;
      for await (const chunk of await router.stream("2+2?")) {
        streamed = streamed === undefined ? chunk : concat(streamed, chunk);
      }
      expect(streamed?.content).toEqual(invoked.content);
      expect(invoked.content).toEqual(
        version === "v0"
          ? ANSWER
          : [
              { type: "reasoning", reasoning: THOUGHT, index: 0 },
              { type: "text", text: ANSWER, index: 1 },
            ],
      );
    },
  );

  it("takes outputVersion per call", async () => {
    const { router } = scriptedRouter();
    const message = await router.invoke("2+2?", { outputVersion: "v1" });
    expect(message.content).toBeInstanceOf(Array);
    expect(message.text).toBe(ANSWER);
  });

  it("is the same whether it may stream or not", async () => {
    const { router } = scriptedRouter({}, { disableStreaming: true });
    const chunks: GlimpRouterMessage[] = [];
    for await (const chunk of await router.stream("2+2?")) chunks.push(chunk);
    expect(chunks.map(({ text }) => text)).toEqual([ANSWER]);
  });
});

describe("the version-less streamEvents", () => {
  it("has thought, answer, usage and metadata as blocks and promises", async () => {
    const { router } = scriptedRouter();
    const stream = router.streamEvents("2+2?");
    expect(await stream.reasoning).toBe(THOUGHT);
    expect(await stream.text).toBe(ANSWER);
    const message = await stream.output;
    expect(message.content).toEqual([
      { type: "reasoning", reasoning: THOUGHT, index: 0 },
      { type: "text", text: ANSWER, index: 1 },
    ]);
    expect(recordOf(message).steps).toHaveLength(3);
    const { small, large } = recordOf(message).usage;
    expect(message).toMatchObject({
      usage_metadata: { output_tokens: small.output_tokens + large.output_tokens },
    });
  });

  it("begins each block before its deltas and finishes it behind them", async () => {
    const { router } = scriptedRouter();
    const order: string[] = [];
    for await (const event of router.streamEvents("2+2?")) {
      const name = "index" in event ? `${event.event} ${event.index}` : event.event;
      if (event.event !== "provider" && order.at(-1) !== name) order.push(name);
    }
    expect(order).toEqual([
      "message-start",
      "content-block-start 0",
      "content-block-delta 0",
      "content-block-finish 0",
      "content-block-start 1",
      "content-block-delta 1",
      "content-block-finish 1",
      "usage",
      "message-finish",
    ]);
  });

  it("has one text block where the steps are the reply", async () => {
    const script = { ...SCRIPT, tags: null };
    const { router } = scriptedRouter(
      { small: { script }, large: { script } },
      { thinking: false },
    );
    const message = await router.streamEvents("2+2?").output;
    expect(message.content).toMatchObject([{ type: "text", text: THOUGHT }]);
  });
});

describe("Runnable methods", () => {
  it("batches with maxConcurrency", async () => {
    const { router, small, large } = scriptedRouter({
      small: { tokenDelayMs: 1 },
      large: { tokenDelayMs: 1 },
    });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, small.openStreams + large.openStreams);
    }, 1);
    const replies = await router.batch(Array(6).fill("2+2?"), { maxConcurrency: 2 });
    clearInterval(watch);
    expect(replies.map(({ text }) => text)).toEqual(Array(6).fill(ANSWER));
    expect(most).toBe(2);
  });

  it("keeps options that withConfig gave it", async () => {
    const { router } = scriptedRouter();
    const runs: string[] = [];
    const configured = router.withConfig({ stop: ["is"], runName: "arithmetic" });
    const message = await configured.invoke("2+2?", {
      callbacks: [
        {
          handleChatModelStart: (
            _llm,
            _messages,
            _runId,
            _parent,
            _extra,
            _tags,
            _metadata,
            name,
          ) => void runs.push(name ?? ""),
        },
      ],
    });
    expect(message.text).toBe("The answer ");
    expect(runs).toEqual(["arithmetic"]);
  });

  it("is tried again withRetry", async () => {
    const { router } = scriptedRouter();
    let calls = 0;
    const flaky = RunnableLambda.from((input: string) => {
      calls++;
      if (calls === 1) throw new Error("not yet");
      return input;
    });
    const chain = flaky.pipe(router).withRetry({ stopAfterAttempt: 2 });
    expect((await chain.invoke("2+2?")).text).toBe(ANSWER);
  });

  it("falls back withFallbacks", async () => {
    const { router: broken } = scriptedRouter({ small: { failAt: 0 } });
    const { router } = scriptedRouter();
    expect((await broken.withFallbacks([router]).invoke("2+2?")).text).toBe(ANSWER);
  });
});

describe("stopping", () => {
  it("rejects at once when the signal is aborted already", async () => {
    const { router, small } = scriptedRouter();
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(router.invoke("2+2?", { signal })).rejects.toThrow("no longer wanted");
    await expect(router.stream("2+2?", { signal })).rejects.toThrow("no longer wanted");
    await expect(router.streamEvents("2+2?", { signal }).output).rejects.toThrow(
      "no longer wanted",
    );
    expect(small.opened).toEqual([]);
  });

  it("stops at its timeout, with the thought so far in the error", async () => {
    const { router, small, large } = scriptedRouter({ large: { tokenDelayMs: 60_000 } });
    const error = await router.invoke("2+2?", { timeout: 300 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "TimeoutError", reason: "aborted" });
    expect(error.thought).toBe("First we add 2 and 2.\n\n");
    expect(small.openStreams + large.openStreams).toBe(0);
  });
});

describe("constructor fields of every chat model", () => {
  it("takes them, and passes them on to core", () => {
    const small = new ScriptedChatModel();
    const router = new GlimpRouterChatModel({
      small,
      large: small,
      metadata: { team: "maths" },
      tags: ["routed"],
      callbacks: [],
      cache: false,
      verbose: false,
      outputVersion: "v1",
      maxConcurrency: 3,
      maxRetries: 1,
      disableStreaming: true,
    });
    expect(router).toMatchObject({
      tags: ["routed"],
      outputVersion: "v1",
      disableStreaming: true,
      verbose: false,
    });
    expect(router.metadata?.team).toBe("maths");
  });

  it("takes what LangChain's suite gives to every chat model, but for sampling", async () => {
    const small = new ScriptedChatModel();
    // The suite's own fields; those that mean something to a model are refused, so an adapter unsets them.
    const standard = {
      temperature: 0,
      maxTokens: 100,
      timeout: 60,
      stopSequences: [],
      maxRetries: 2,
    };
    const unset = {
      temperature: undefined,
      maxTokens: undefined,
      timeout: undefined,
      stopSequences: undefined,
    };
    const fields = { ...standard, ...unset, apiKey: "test", streaming: true };
    const router = new GlimpRouterChatModel({ small, large: small, ...fields } as never);
    expect((await router.invoke([new HumanMessage("2+2?")] as BaseMessage[])).text).toBe(ANSWER);
  });
});
