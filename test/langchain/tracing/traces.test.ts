import { type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { answerEntropy, entropyAbove, everyToken } from "../../../src/index.js";
import type { TraceTree } from "../../servers/fake-langsmith.js";
import { graphOf, inputOf } from "../output/token-surfaces.js";
import { recordOf } from "../record-of.js";
import { SCRIPT, scriptedRouter } from "../scripted-pair.js";
import { flat, outline, useTracer } from "./traced.js";

const STEPS = [
  '1 small, H 0.20 ≤ 1.00, "First"',
  '2 large, H 2.10 > 1.00, "Wait,"',
  '3 small, H 0.30 ≤ 1.00, "Yes,"',
];
const NAMES = [...STEPS, "answer large"];

function names(tree: TraceTree): readonly string[] {
  return tree.children.map(({ name }) => name);
}

describe.each(["multipart", "gzip", "batch"] as const)("a trace sent as %s", (ingestion) => {
  it("reads as the thought: a run for each step and one for the answer", async () => {
    const { tracer, tree, server } = await useTracer(ingestion);
    const { router } = scriptedRouter();
    const message = await router.invoke("2+2?", { callbacks: [tracer] });
    const root = await tree();
    expect(root.name).toBe("GlimpRouterChatModel");
    expect(root.run_type).toBe("llm");
    expect(names(root)).toEqual(NAMES);
    expect(flat(root).map(({ error }) => error ?? null)).toEqual([null, null, null, null, null]);
    expect(server.paths).toContain(ingestion === "batch" ? "/runs/batch" : "/runs/multipart");
    const record = recordOf(message);
    const { speculation, ...answer } = record.answer ?? {};
    expect(speculation).toBeNull();
    expect(root.children.map(({ inputs, outputs }) => ({ inputs, outputs }))).toEqual([
      ...record.steps.map(({ step, route, entropy, token, tokens, ms, end }, index) => ({
        inputs: { step, route, H_init: entropy, threshold: 1, token, forced: false },
        outputs: { text: TEXTS[index], tokens, ms, end },
      })),
      { inputs: { by: "large" }, outputs: { text: SCRIPT.answer, ...answer } },
    ]);
  });
});

const TEXTS = ["First we add 2 and 2.\n\n", "Wait, is that right?\n\n", "Yes, it is four.\n"];

describe("a trace of judged steps", () => {
  it("says who rejected a step, and has each verdict in its run", async () => {
    const { tracer, tree } = await useTracer();
    const by = function critic({ step }: { readonly step: string }) {
      return step.startsWith("Yes") ? 0.9 : 0.1;
    };
    const { router } = scriptedRouter({}, { verify: { by, threshold: 0.5 } });
    await router.invoke("2+2?", { callbacks: [tracer] });
    const root = await tree();
    expect(names(root)).toEqual([
      ...STEPS.slice(0, 2),
      "3 large, rejected by critic, 0.90",
      "answer large",
    ]);
    expect(root.children.map(({ outputs }) => outputs?.verified)).toMatchObject(
      [
        { by: "critic", value: 0.1, accepted: true },
        undefined,
        { by: "critic", value: 0.9, accepted: false },
        undefined,
      ].map((said) => said as never),
    );
  });
});

describe("a trace of a thought that is watched", () => {
  it("has a run for each time that small was asked how sure it is, with what it said", async () => {
    const { tracer, tree } = await useTracer();
    const closeWhen = answerEntropy({ delta: 1, warmUp: 2 });
    const { router } = scriptedRouter({}, { closeWhen });
    const message = await router.invoke("2+2?", { callbacks: [tracer] });
    const root = await tree();
    const { watched, stopReason } = recordOf(message);
    expect(stopReason).toBe("early-exit");
    const [first = "", second = ""] = names(root).filter((name) => name.startsWith("watch"));
    expect(names(root)).toEqual([STEPS[0], first, STEPS[1], second, "answer large"]);
    expect(first).toMatch(/^watch behind 1, H \d\.\d\d, variance 0\.00$/);
    expect(root.children[1]).toMatchObject({ inputs: { step: 1 }, outputs: { ...watched?.[0] } });
    expect(root.extra.metadata?.usage_metadata).toMatchObject({ ...message.usage_metadata });
  });
});

describe("what a trace counts", () => {
  it("has the usage once: on the router's run, which is the only one of a model", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    const message = await router.invoke("2+2?", { callbacks: [tracer] });
    const [root, ...steps] = flat(await tree());
    expect(root?.extra.metadata?.usage_metadata).toMatchObject({ ...message.usage_metadata });
    for (const { run_type, extra } of steps) {
      expect(run_type).toBe("chain");
      expect(extra.metadata).not.toHaveProperty("usage_metadata");
      const fields = Object.keys(extra.metadata ?? {});
      expect(fields.filter((field) => /^ls_(provider|model|temp|max|stop)/.test(field))).toEqual(
        [],
      );
    }
  });

  it("hands metadata and tags of the call down to the steps", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    await router.invoke("2+2?", { callbacks: [tracer], metadata: { user: "u1" }, tags: ["maths"] });
    for (const { extra, tags } of flat(await tree())) {
      expect(extra.metadata?.user).toBe("u1");
      expect(tags).toContain("maths");
    }
  });

  it("names the call's own threshold, and the values of its point, a run for each part", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    const call = { callbacks: [tracer], threshold: 0.5, glimpseAt: everyToken({ turn: 2 }) };
    const message = await router.invoke("2+2?", call);
    const record = recordOf(message);
    expect(record.threshold).toBe(0.5);
    const parts = record.steps.flatMap((step) => step.parts.map((part) => ({ ...part, ...step })));
    const runs = (await tree()).children.filter(({ name }) => !name.startsWith("answer"));
    expect(runs.map(({ name }) => name)).toEqual([
      '1 small, everyToken:turn=2 0.20 ≤ 0.50, "First"',
      '2 large, everyToken:turn=2 2.10 > 0.50, "Wait,"',
      "2 small, goes on in mid-step",
      '3 small, everyToken:turn=2 0.30 ≤ 0.50, "Yes,"',
    ]);
    expect(parts).toHaveLength(runs.length);
    expect(runs[1]?.inputs).toMatchObject({ point: "everyToken:turn=2", threshold: 0.5 });
    expect(runs.map(({ outputs }) => (outputs as { text: string }).text).join("")).toContain(
      "Wait, is that right?",
    );
  });

  it("names no threshold where a policy decides", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter({}, { policy: entropyAbove(1) });
    await router.invoke("2+2?", { callbacks: [tracer] });
    expect(names(await tree())[1]).toBe('2 large, H 2.10, "Wait,"');
  });
});

describe("a trace's place", () => {
  it("is the same streamed, token by token", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    for await (const _chunk of await router.stream("2+2?", { callbacks: [tracer] }));
    expect(names(await tree())).toEqual(NAMES);
  });

  it("is below the graph's node, whatever mode the graph streams in", async () => {
    for (const streamMode of ["updates", "messages"] as const) {
      const { tracer, tree } = await useTracer();
      const { router } = scriptedRouter();
      const graph = graphOf(router);
      const config = { callbacks: [tracer], streamMode };
      for await (const _item of await graph.stream(inputOf("2+2?"), config));
      const root = await tree();
      const model = flat(root).find(({ name }) => name === "GlimpRouterChatModel");
      expect(model?.children.map(({ name }) => name)).toEqual(NAMES);
    }
  });

  it("is below the router's run in a graph's streamEvents v3, which hides the run from it", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    const events = await graphOf(router).streamEvents(inputOf("2+2?"), {
      version: "v3",
      callbacks: [tracer],
    });
    for await (const _event of events);
    const model = flat(await tree()).find(({ name }) => name === "GlimpRouterChatModel");
    expect(model?.children.map(({ name }) => name)).toEqual(NAMES);
  });

  it("keeps the tokens single while a tracer and streamEvents listen", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    const texts: string[] = [];
    const events = router.streamEvents("2+2?", { version: "v2", callbacks: [tracer] });
    for await (const { event, data } of events) {
      if (event === "on_chat_model_stream") texts.push((data.chunk as AIMessageChunk).text);
    }
    expect(texts.join("")).toBe(SCRIPT.answer);
    expect(names(await tree())).toEqual(NAMES);
  });

  it("holds two replies of one node apart", async () => {
    const { tracer, tree } = await useTracer();
    const { router } = scriptedRouter();
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("both", async () => ({
        messages: await router.batch([[new HumanMessage("2+2?")], [new HumanMessage("2+2?")]]),
      }))
      .addEdge("__start__", "both")
      .addEdge("both", "__end__")
      .compile();
    await graph.invoke(inputOf("2+2?"), { callbacks: [tracer] });
    const models = flat(await tree()).filter(({ name }) => name === "GlimpRouterChatModel");
    expect(models.map((model) => outline(model))).toEqual(
      Array(2).fill(["GlimpRouterChatModel", ...NAMES.map((name) => `  ${name}`)].join("\n")),
    );
  });
});
