import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../../src/graph/index.js";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { startRaw } from "../../servers/http/start-raw.js";
import { errorOf } from "../../writers/error-of.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { THOUGHT } from "../scripted-pair.js";
import { toolPair, weather } from "../tools/tool-pair.js";

const TEXTS = { path: "/v1/completions" };
const DEAD = { baseURL: "http://127.0.0.1:9/v1" };

async function pair(fields: Partial<GlimpRouterFields> = {}) {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const models = { small: chatOpenAI(small), large: chatOpenAI(large) };
  return { small, large, models, router: new GlimpRouterChatModel({ ...models, ...fields }) };
}

describe("option `onFailure`", () => {
  it.each(["cut", "server-error", "close-after-headers"] as const)(
    "small is out in its third step (%s): large writes the rest",
    async (fault) => {
      const { small, large, router } = await pair();
      await router.invoke("2+2?");
      const before = large.to(TEXTS.path).length;
      const told: unknown[] = [];
      const handler = BaseCallbackHandler.fromMethods({
        handleCustomEvent: (name: string, data: unknown) => {
          if (name === "glimprouter_degraded") told.push(data);
          if (name === "glimprouter_step" && told.length === 0) small.fail(fault, TEXTS);
        },
      });
      const message = await router.invoke("2+2?", { callbacks: [handler] });
      expect(message.text).toBe(SCRIPT.answer);
      expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
      const { degraded, steps, answeredBy } = recordOf(message);
      const reason = fault === "server-error" ? fault : "cut";
      expect(degraded).toEqual({ role: "small", fromStep: 3, reason });
      expect(told).toEqual([degraded]);
      expect(steps.at(-1)).toMatchObject({ route: "large" });
      expect(answeredBy).toBe("large");
      expect(large.to(TEXTS.path).length - before).toBe(3);
    },
  );

  it("small was never there: large writes all of it, and the model may be one that is asked what it is", async () => {
    for (const continuation of ["vllm", "auto"] as const) {
      const { large, models } = await pair();
      const small = chatOpenAI(DEAD);
      const router = new GlimpRouterChatModel({ ...models, small, continuation });
      const message = await router.invoke("2+2?");
      expect(message.text).toBe(SCRIPT.answer);
      expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
      expect(recordOf(message)).toMatchObject({
        degraded: { role: "small", fromStep: 1, reason: "connection" },
        requests: { small: 0, large: 2 },
        largeShare: 1,
      });
      expect(large.to(TEXTS.path)).toHaveLength(2);
    }
  });

  it.each([
    ["reset in the middle", '{"tokens": [1, 2', "reset"],
    ["cut in the middle", '{"tokens": [1, 2', "end"],
    ["no JSON", "oops", "end"],
    ["an error that it tells with 200", '{"error": {"message": "no", "code": 500}}', "end"],
  ] as const)(
    "small's rendering is %s, each time: large writes all of it",
    async (_what, body, next) => {
      for (const continuation of ["vllm", "llamacpp", "auto"] as const) {
        // LM Studio, say, tells of paths that it does not know in this way: it is out for no other question.
        if (continuation === "auto" && body.includes("error")) continue;
        const { large, models } = await pair();
        const broken = await startRaw((response) => {
          response.writeHead(200, { "content-type": "application/json" });
          response.write(body, () => {
            if (next === "end") response.end();
            // What was written is read before the reset takes it along.
            else setTimeout(() => response.socket?.resetAndDestroy(), 20);
          });
        });
        const router = new GlimpRouterChatModel({
          ...models,
          small: chatOpenAI(broken),
          continuation: { small: continuation, large: "vllm" },
        });
        const message = await router.invoke("2+2?");
        expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
        const reason = body.includes("500") ? "server-error" : "cut";
        expect(recordOf(message).degraded).toEqual({ role: "small", fromStep: 1, reason });
        expect(large.to(TEXTS.path)).toHaveLength(2);
      }
    },
  );

  it("large is out: the reply fails, unless it is said that small does all", async () => {
    const { models, large, router } = await pair();
    large.fail("server-error", { ...TEXTS, times: 9 });
    const error = await errorOf(router.invoke("2+2?"));
    expect(error).toMatchObject({ role: "large", status: 500 });
    expect(error.thought).toBe("First we add 2 and 2.\n\n");
    const onFailure = { large: "other" } as const;
    const lenient = new GlimpRouterChatModel({ ...models, onFailure });
    const message = await lenient.invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(recordOf(message)).toMatchObject({
      degraded: { role: "large", fromStep: 2, reason: "server-error" },
      answeredBy: "small",
      largeShare: 0,
    });
    const dead = new GlimpRouterChatModel({ ...models, large: chatOpenAI(DEAD), onFailure });
    const alone = await dead.invoke("2+2?");
    expect(alone.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(recordOf(alone).degraded).toMatchObject({ role: "large", fromStep: 1 });
  });

  it("both are out: an error", async () => {
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(DEAD),
      large: chatOpenAI(DEAD),
      continuation: "vllm",
      onFailure: { small: "other", large: "other" },
    });
    expect(await errorOf(router.invoke("2+2?"))).toMatchObject({ reason: "server" });
  });

  it.each([400, 401, 404, 422])("never for status %i", async (status) => {
    const { models, large } = await pair();
    const refusing = await startRaw((response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: "no" } }));
    });
    const small = chatOpenAI(refusing);
    const router = new GlimpRouterChatModel({ ...models, small, continuation: "vllm" });
    expect(await errorOf(router.invoke("2+2?"))).toMatchObject({ role: "small", status });
    expect(large.to(TEXTS.path)).toEqual([]);
  });

  it("never for log-probabilities that are missing (rule 10)", async () => {
    const { small, large, router } = await pair();
    small.fail("no-logprobs", TEXTS);
    expect(await errorOf(router.invoke("2+2?"))).toMatchObject({ reason: "no_logprobs" });
    expect(large.to(TEXTS.path)).toEqual([]);
  });

  it("an answer with tools goes to the other one where nothing of it was handed out", async () => {
    const { large, router } = await toolPair();
    large.fail("server-error", { path: "/v1/chat/completions", times: 9 });
    const model = router({ onFailure: { large: "other" } }).bindTools([weather], {
      tool_choice: "any",
    });
    const message = await model.invoke("Weather in Oslo?");
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    expect(recordOf(message)).toMatchObject({
      degraded: { role: "large", fromStep: null, reason: "server-error" },
      answeredBy: "small",
    });
  });

  it("in a graph, too: before its first request, and in mid-thought", async () => {
    const { models, small } = await pair();
    const messages = [new HumanMessage("2+2?")];
    const graphOf = (fields: object) =>
      glimpRouterGraph({ ...models, checkpointer: new MemorySaver(), ...fields });
    const config = { configurable: { thread_id: "1" } };
    const without = await graphOf({ small: chatOpenAI(DEAD) }).invoke({ messages }, config);
    expect(without.messages.at(-1)?.additional_kwargs.reasoning_content).toBe(THOUGHT);
    small.fail("cut", TEXTS);
    const custom: unknown[] = [];
    const graph = graphOf({});
    for await (const told of await graph.stream(
      { messages },
      { ...config, streamMode: "custom" },
    )) {
      if ((told as { type: string }).type === "glimprouter_degraded") custom.push(told);
    }
    const { values } = await graph.getState(config);
    expect(values.thought.degraded).toMatchObject({ role: "small", fromStep: 1, reason: "cut" });
    expect(custom).toMatchObject([values.thought.degraded]);
    expect(values.messages.at(-1)?.text).toBe(SCRIPT.answer);
  });

  it.each([
    [{ small: "large" }, "`onFailure.small`"],
    ["other", "`onFailure`"],
    [{ smal: "other" }, "smal"],
  ])("is refused: %j", (onFailure, words) => {
    expect(
      () =>
        new GlimpRouterChatModel({
          small: chatOpenAI(DEAD),
          large: chatOpenAI(DEAD),
          onFailure: onFailure as never,
        }),
    ).toThrow(words);
  });
});
