import { inspect } from "node:util";
import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import type { GlimpRouterError, ResumeState } from "../../../src/index.js";
import { errorOf } from "../../writers/error-of.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { SCRIPT, scriptedRouter, THOUGHT } from "../scripted-pair.js";
import { toolPair, weather } from "../tools/tool-pair.js";

/** Characters behind the header at which a model of the pair dies: in a step of small's or large's, in the answer. */
const HEADER = "<think>\n".length;
const PLACES = [
  ["small", HEADER + 10],
  ["large", HEADER + 30],
  ["small", HEADER + 50],
  ["large", HEADER + THOUGHT.length + 20],
] as const;

async function brokenOff(role: "small" | "large", dieAt: number): Promise<GlimpRouterError> {
  const { router } = scriptedRouter({ [role]: { dieAt } });
  return errorOf(router.invoke("2+2?"));
}

/** As another process is given it. */
function throughJson({ resume }: GlimpRouterError): ResumeState {
  expect(resume).toBeDefined();
  return JSON.parse(JSON.stringify(resume));
}

async function collect(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk[]> {
  const chunks: AIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function textsOf(chunks: readonly AIMessageChunk[]) {
  const thought = chunks.map(({ additional_kwargs }) => additional_kwargs.reasoning_content ?? "");
  return { thought: thought.join(""), answer: chunks.map(({ text }) => text).join("") };
}

/**
 * Of a record, what depends neither on time nor on how often somebody was asked. Large's tokens are counted for each of its
 * streams, and what ends one may count, too (decision 009).
 */
function lasting(message: AIMessageChunk) {
  const { steps, stopReason, answer, handoffs } = recordOf(message);
  return {
    stopReason,
    handoffs,
    end: answer?.end,
    steps: steps.map(({ ms: _ms, parts, tokens, ...step }) => ({
      ...step,
      tokens: step.route === "small" ? tokens : null,
      parts: parts.map(({ route, from, end }) => ({ route, from, end })),
    })),
  };
}

describe("call option `resume`", () => {
  it.each(PLACES)("invoke returns the whole reply: %s dies at %i", async (role, dieAt) => {
    const resume = throughJson(await brokenOff(role, dieAt));
    const { router } = scriptedRouter();
    const message = await router.invoke("2+2?", { resume });
    const whole = await router.invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs).toEqual({ reasoning_content: THOUGHT });
    expect(lasting(message)).toEqual(lasting(whole));
    expect(recordOf(message).retries).toMatchObject([{ reason: "resumed" }]);
    // As often as it likes: the state is the caller's.
    expect((await router.invoke("2+2?", { resume })).text).toBe(SCRIPT.answer);
  });

  it.each(PLACES)("stream yields what is new: %s dies at %i", async (role, dieAt) => {
    const { router: dying } = scriptedRouter({ [role]: { dieAt } });
    const before: AIMessageChunk[] = [];
    const error = await errorOf(
      (async () => {
        for await (const chunk of await dying.stream("2+2?")) before.push(chunk);
      })(),
    );
    const { router } = scriptedRouter();
    const after = await collect(await router.stream("2+2?", { resume: throughJson(error) }));
    const [old, fresh] = [textsOf(before), textsOf(after)];
    expect(old.thought + fresh.thought).toBe(THOUGHT);
    expect(old.answer + fresh.answer).toBe(SCRIPT.answer);
    expect(old.thought + old.answer).not.toBe("");
    expect(recordOf(after.reduce((all, chunk) => concat(all, chunk))).steps).toHaveLength(3);
  });

  it("is whole where somebody listens to the tokens, who hears what is new", async () => {
    const error = await brokenOff("large", PLACES[1][1]);
    const heard: string[] = [];
    const handler = BaseCallbackHandler.fromMethods({
      handleLLMNewToken: (_token, _index, _runId, _parent, _tags, fields) => {
        const chunk = (fields?.chunk as { message?: AIMessageChunk } | undefined)?.message;
        heard.push(String(chunk?.additional_kwargs.reasoning_content ?? ""));
      },
    });
    Object.assign(handler, { lc_prefer_streaming: true });
    const { router } = scriptedRouter();
    const callbacks = [handler];
    const message = await router.invoke("2+2?", { resume: throughJson(error), callbacks });
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(message.text).toBe(SCRIPT.answer);
    expect(error.thought.trimEnd() + heard.join("")).toBe(THOUGHT);
  });

  it("streamEvents: deltas are new, finished blocks whole", async () => {
    const error = await brokenOff("large", PLACES[3][1]);
    const { router } = scriptedRouter();
    const stream = router.streamEvents("2+2?", { resume: throughJson(error) });
    const deltas: string[] = [];
    for await (const event of stream) {
      if (event.event === "content-block-delta") deltas.push(JSON.stringify(event.delta));
    }
    const message = await stream.output;
    expect(message.contentBlocks).toMatchObject([
      { type: "reasoning", reasoning: THOUGHT },
      { type: "text", text: SCRIPT.answer },
    ]);
    expect(deltas.join("")).not.toContain("reasoning");
    expect(deltas.length).toBeLessThan(SCRIPT.answer.length);
  });

  it("goes on at other servers, whose text is no other, behind a cut that the retries did not outlast", async () => {
    const [small, large] = [await fakeVllm(), await fakeVllm()];
    const pair = (options: object = {}) =>
      scriptedRouter({}, { small: chatOpenAI(small), large: chatOpenAI(large), ...options }).router;
    large.fail("cut", { path: "/v1/completions" });
    const error = await errorOf(pair().invoke("2+2?"));
    expect(error).toMatchObject({ reason: "stream_cut", role: "large" });
    const other = await fakeVllm();
    const message = await pair({ large: chatOpenAI(other) }).invoke("2+2?", {
      resume: throughJson(error),
    });
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    const [request] = other.to("/v1/completions");
    expect(request?.body).toMatchObject({ prompt: expect.stringContaining("First we add") });
  });

  it("an answer with tools begins anew", async () => {
    const { small, large, router } = await toolPair();
    large.fail("cut", { path: "/v1/chat/completions" });
    const model = router().bindTools([weather], { tool_choice: "any" });
    const error = await errorOf(model.invoke("Weather in Oslo?"));
    const resume = throughJson(error);
    expect(resume.router.answerIn).toBe("chat");
    const rendered = small.to("/v1/completions").length;
    const message = await model.invoke("Weather in Oslo?", { resume });
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    expect(small.to("/v1/completions")).toHaveLength(rendered);
    const refusal = await errorOf(router().invoke("Weather in Oslo?", { resume }));
    expect(refusal.message).toContain("`resume.router.answerIn`");
  });

  it("does not lose the thought where the next call fails, too", async () => {
    const first = await brokenOff("large", PLACES[1][1]);
    const { router } = scriptedRouter({ large: { failAt: 0 } });
    const second = await errorOf(router.invoke("2+2?", { resume: throughJson(first) }));
    expect(second.thought).toBe(first.thought);
    const small = chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" });
    const dead = scriptedRouter(
      {},
      {
        small,
        continuation: { small: "vllm", large: "auto" },
        onFailure: { small: "throw" },
      },
    );
    const third = await errorOf(dead.router.invoke("2+2?", { resume: throughJson(second) }));
    expect(third).toMatchObject({ role: "small", thought: first.thought });
    const { router: sound } = scriptedRouter();
    const message = await sound.invoke("2+2?", { resume: throughJson(third) });
    expect(message.text).toBe(SCRIPT.answer);
    expect(recordOf(message).retries).toHaveLength(2);
  });

  it("an aborted reply goes on, too", async () => {
    const abort = new AbortController();
    const { router } = scriptedRouter();
    const error = await errorOf(
      (async () => {
        for await (const chunk of await router.stream("2+2?", { signal: abort.signal })) {
          if (String(chunk.additional_kwargs.reasoning_content).includes("right")) abort.abort();
        }
      })(),
    );
    expect(error.reason).toBe("aborted");
    const message = await router.invoke("2+2?", { resume: throughJson(error) });
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
  });
});

describe("error.resume", () => {
  it("is no field of the error that a log, a copy or JSON would show", async () => {
    const error = await brokenOff("large", PLACES[1][1]);
    expect(Object.keys(error)).not.toContain("resume");
    expect(JSON.stringify(error)).not.toContain('"version"');
    expect(inspect(error, { depth: 9 })).not.toContain("policyStates");
    expect({ ...error }).not.toHaveProperty("resume");
    expect(error.resume).toEqual(throughJson(error));
  });

  it("is absent where nothing had been asked", async () => {
    const { router } = scriptedRouter();
    expect((await errorOf(router.invoke([]))).resume).toBeUndefined();
    const aborted = await errorOf(router.invoke("2+2?", { signal: AbortSignal.abort() }));
    expect(aborted.resume).toBeUndefined();
  });

  it.each<[string, (state: ResumeState) => unknown, string]>([
    ["of another version", (state) => ({ ...state, version: 2 }), "`resume.version` 2"],
    ["a text", () => "resume", '`resume`: "resume"'],
    ["an array", () => [], "`resume`: []"],
    ["a field too many", (state) => ({ ...state, more: 1 }), "`resume.more`"],
    [
      "a thought's field of another kind",
      (state) => ({ ...state, thought: { ...state.thought, thoughtTokens: "7" } }),
      '`resume.thought.thoughtTokens`: "7"',
    ],
    [
      "a stream's field of another kind",
      (state) => ({ ...state, thought: { ...state.thought, stream: { role: "medium" } } }),
      "`resume.thought.stream.role`",
    ],
    [
      "a key that changes prototypes",
      (state) => ({ ...state, thought: JSON.parse('{"policyStates":{"__proto__":{"a":1}}}') }),
      "`resume.thought.policyStates.__proto__`",
    ],
    [
      "an object of a class",
      (state) => ({ ...state, thought: new Map() }),
      "`resume.thought`, which is an object of a class",
    ],
    [
      "a function",
      (state) => ({ ...state, thought: () => 1 }),
      "`resume.thought`, which is of type function",
    ],
    ["NaN", (state) => ({ ...state, version: Number.NaN }), "`resume.version`, which is NaN"],
    [
      "too large",
      (state) => ({ ...state, messages: "x".repeat(2 ** 24) }),
      "`resume`, which is larger than 16777216 characters",
    ],
    [
      "a circle",
      (state) => {
        const circle: Record<string, unknown> = { ...state };
        circle.thought = circle;
        return circle;
      },
      "`resume`, which is deeper than 64 objects",
    ],
    [
      "another router's delimiter",
      (state) => ({ ...state, router: { ...state.router, delimiter: "\n" } }),
      '`resume.router.delimiter` "\\n", and here it is "\\n\\n"',
    ],
    [
      "another router's point",
      (state) => ({ ...state, router: { ...state.router, point: "firstTokens:3" } }),
      '`resume.router.point` "firstTokens:3", and here it is null',
    ],
    [
      "another router's tags",
      (state) => ({ ...state, router: { ...state.router, thinking: null } }),
      "`resume.router.thinking` null",
    ],
    [
      "a whole reply",
      (state) => ({ ...state, thought: { ...state.thought, phase: "done" } }),
      '`resume.thought.phase` "done"',
    ],
    [
      "a closing tag in the thought",
      (state) => ({ ...state, thought: { ...state.thought, thought: "a</think>b" } }),
      'the closing tag "</think>" inside of `resume.thought.thought`',
    ],
  ])("is refused: %s", async (_what, change, words) => {
    const state = throughJson(await brokenOff("large", PLACES[1][1]));
    const { router, small, large } = scriptedRouter();
    const error = await errorOf(router.invoke("2+2?", { resume: change(state) as ResumeState }));
    expect(error).toMatchObject({ reason: "invalid_input", status: 400 });
    expect(error.message).toContain(`Call option \`resume\` has ${words}`);
    // Before anything is asked.
    expect([...small.opened, ...large.opened]).toEqual([]);
    expect(Object.prototype).not.toHaveProperty("a");
  });

  it("is refused for other messages, and taken whatever their ids", async () => {
    const resume = throughJson(await brokenOff("large", PLACES[1][1]));
    const { router } = scriptedRouter();
    const error = await errorOf(router.invoke("3+3?", { resume }));
    expect(error.message).toContain("`resume.messages` of other messages");
    const message = await router.invoke([new HumanMessage({ content: "2+2?", id: "7" })], {
      resume,
    });
    expect(message.text).toBe(SCRIPT.answer);
  });
});
