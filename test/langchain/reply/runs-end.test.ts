import { ChatPromptTemplate } from "@langchain/core/prompts";
import { describe, expect, it } from "vitest";
import { graphOf, inputOf } from "../output/token-surfaces.js";
import { recordOf } from "../record-of.js";
import { type ScriptedChatModel, scriptedRouter } from "../scripted-pair.js";
import { flat, useTracer } from "../tracing/traced.js";

/** Large never comes to its first token: a reader that waits for it waits for ever. */
const STUCK = { large: { tokenDelayMs: 600_000 } };
const SLOW = { small: { tokenDelayMs: 5 }, large: { tokenDelayMs: 5 } };
/** Below what an abort that waits for a token would take, above what a loaded machine needs. */
const AT_ONCE_MS = 5000;

interface TracedOutputs {
  readonly generations: [[{ readonly message: { readonly kwargs: TracedMessage } }]];
}

interface TracedMessage {
  readonly additional_kwargs: { readonly reasoning_content: string };
  readonly response_metadata: Record<string, unknown>;
}

/** Aborts as soon as large was asked for its step, which never comes. */
function abortInStep(large: ScriptedChatModel, own: AbortController): void {
  const watch = setInterval(() => {
    if (large.openStreams === 0) return;
    clearInterval(watch);
    own.abort(new Error("enough"));
  }, 5);
}

const errorsOf = (runs: readonly { readonly name: string; readonly error?: string }[]) =>
  Object.fromEntries(runs.map(({ name, error }) => [name, error?.split("\n")[0] ?? null]));

describe("a reader that leaves", () => {
  it("aborts the open stream at once, also while a token is awaited", async () => {
    const { tracer, tree } = await useTracer();
    const { router, small, large } = scriptedRouter(STUCK);
    let left = 0;
    for await (const chunk of await router.stream("2+2?", { callbacks: [tracer] })) {
      if (!String(chunk.additional_kwargs.reasoning_content).endsWith("2.")) continue;
      // The stream reads ahead: it has come to the step that never begins.
      while (large.openStreams === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      left = performance.now();
      break;
    }
    expect(performance.now() - left).toBeLessThan(AT_ONCE_MS);
    expect(small.openStreams + large.openStreams).toBe(0);
    const root = await tree();
    expect(errorsOf(flat(root))).toEqual({
      GlimpRouterChatModel: null,
      '1 small, H 0.20 ≤ 1.00, "First"': null,
      '2 large, H 2.10 > 1.00, "Wait,"': null,
    });
    expect(root.children[1]?.outputs).toEqual({ text: "", end: "left" });
  });

  it("finds what was written, and what it cost, in the run", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter(SLOW);
    let read = 0;
    for await (const _chunk of await router.stream("2+2?", { callbacks: [tracer] })) {
      read++;
      if (read === 12) break;
    }
    const root = await tree();
    const { generations } = root.outputs as unknown as TracedOutputs;
    const message = generations[0][0].message.kwargs;
    expect(message.response_metadata.finish_reason).toBe("cancelled");
    expect(message.additional_kwargs.reasoning_content).toMatch(/^First we add 2 and 2\.\n\nWait/);
    const record = recordOf(message);
    expect(record.steps).not.toEqual([]);
    expect(record.usage.small.output_tokens).toBeGreaterThan(0);
  });

  it("ends every run whenever it leaves", async () => {
    for (let chunks = 1; chunks <= 25; chunks += 3) {
      const { tracer, tree } = await useTracer();
      const { router, small, large } = scriptedRouter();
      let read = 0;
      for await (const _chunk of await router.stream("2+2?", { callbacks: [tracer] })) {
        read++;
        if (read === chunks) break;
      }
      expect(
        flat(await tree()).filter(({ error }) => error !== undefined && error !== null),
      ).toEqual([]);
      expect(small.openStreams + large.openStreams).toBe(0);
    }
  });

  it("ends its runs inside a sequence, too, whose own run core leaves pending", async () => {
    const { tracer, posted } = await useTracer();
    const { router, small, large } = scriptedRouter(SLOW);
    const chain = ChatPromptTemplate.fromMessages([["human", "{tape}"]]).pipe(router);
    for await (const _chunk of await chain.stream({ tape: "2+2?" }, { callbacks: [tracer] })) break;
    const model = (await posted()).find(({ name }) => name === "GlimpRouterChatModel");
    const runs = model === undefined ? [] : flat(model);
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.filter(({ end_time }) => end_time === undefined)).toEqual([]);
    expect(small.openStreams + large.openStreams).toBe(0);
  });
});

describe("an abort", () => {
  it.each(["invoke", "stream"] as const)(
    "ends the step under way as failed: %s",
    async (method) => {
      const { tracer, tree } = await useTracer();
      const { router, small, large } = scriptedRouter(STUCK);
      const own = new AbortController();
      const config = { callbacks: [tracer], signal: own.signal };
      abortInStep(large, own);
      const call = async () => {
        if (method === "invoke") await router.invoke("2+2?", config);
        else for await (const _chunk of await router.stream("2+2?", config));
      };
      await expect(call()).rejects.toThrow("enough");
      expect(errorsOf(flat(await tree()))).toEqual({
        GlimpRouterChatModel: "enough",
        '1 small, H 0.20 ≤ 1.00, "First"': null,
        '2 large, H 2.10 > 1.00, "Wait,"': "enough",
      });
      expect(small.openStreams + large.openStreams).toBe(0);
    },
  );

  it("ends the run although it strikes between two reads", async () => {
    const { tracer, tree } = await useTracer();
    const { router, small, large } = scriptedRouter(SLOW);
    const own = new AbortController();
    const read = async () => {
      const config = { callbacks: [tracer], signal: own.signal };
      for await (const _chunk of await router.stream("2+2?", config)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        own.abort(new Error("enough"));
      }
    };
    await expect(read()).rejects.toThrow("enough");
    expect((await tree()).error).toContain("enough");
    expect(small.openStreams + large.openStreams).toBe(0);
  });

  it("ends the runs below a graph's node", async () => {
    const { tracer, tree } = await useTracer();
    const { router, small, large } = scriptedRouter(STUCK);
    const own = new AbortController();
    abortInStep(large, own);
    const run = graphOf(router).invoke(inputOf("2+2?"), {
      callbacks: [tracer],
      signal: own.signal,
    });
    await expect(run).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const model = flat(await tree()).find(({ name }) => name === "GlimpRouterChatModel");
    expect(model?.children).toHaveLength(2);
    expect(small.openStreams + large.openStreams).toBe(0);
  });
});

describe("a failing model", () => {
  it("ends its step and the reply as failed, and leaves the steps before as they were", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter({ large: { failAt: 0 } });
    await expect(router.invoke("2+2?", { callbacks: [tracer] })).rejects.toThrow("engine died");
    expect(errorsOf(flat(await tree()))).toEqual({
      GlimpRouterChatModel: "The large model failed: The engine died.",
      '1 small, H 0.20 ≤ 1.00, "First"': null,
      '2 large, H 2.10 > 1.00, "Wait,"': "The large model failed: The engine died.",
    });
  });
});
