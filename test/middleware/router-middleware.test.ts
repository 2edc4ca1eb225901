import { type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import {
  type AgentMiddleware,
  createAgent,
  modelFallbackMiddleware,
  providerStrategy,
  summarizationMiddleware,
} from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { answerEntropy, everyToken, random, stepEnd } from "../../src/index.js";
import { glimpRouterMiddleware } from "../../src/middleware/index.js";
import { recordOf } from "../langchain/record-of.js";
import { SCRIPT, ScriptedChatModel, scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";
import { BEFORE, toolPair, toolScript, weather } from "../langchain/tools/tool-pair.js";
import { scriptedThought } from "../servers/script/scripted-model.js";
import { chatOpenAI } from "../writers/vllm/vllm-setup.js";

const ask = (content: string) => ({ messages: [new HumanMessage(content)] });

/** The last message of an agent's state. */
function lastOf({ messages }: { readonly messages: readonly unknown[] }): AIMessageChunk {
  return messages.at(-1) as AIMessageChunk;
}

describe("an agent's model", () => {
  it("is large of a router, turn by turn", async () => {
    const [small, large] = [new ScriptedChatModel(), new ScriptedChatModel()];
    const agent = createAgent({ model: large, middleware: [glimpRouterMiddleware({ small })] });
    const message = lastOf(await agent.invoke(ask("2+2?")));
    expect(message.text).toBe(SCRIPT.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(recordOf(message).steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
    expect([small.opened.length, large.opened.length]).toEqual([1, 1]);
  });

  it("closes a thought early, as the router does alone", async () => {
    const closeWhen = answerEntropy({ delta: 1, warmUp: 1 });
    const [small, large] = [new ScriptedChatModel(), new ScriptedChatModel()];
    const middleware = [glimpRouterMiddleware({ small, closeWhen })];
    const message = lastOf(await createAgent({ model: large, middleware }).invoke(ask("2+2?")));
    const { stopReason, requests, steps } = recordOf(message);
    expect({ stopReason, requests }).toEqual({
      stopReason: "early-exit",
      requests: { small: 1, large: 1, watch: 1 },
    });
    expect(steps).toHaveLength(1);
    expect(message.text).toBe(SCRIPT.answer);
  });

  it("is large of a router at any point: parts, record, text and events of the model's run", async () => {
    for (const glimpseAt of [everyToken({ turn: 2 }), stepEnd("maxEntropy")]) {
      const policy = random(0.7, 3);
      const told: Record<"agent" | "model", object[]> = { agent: [], model: [] };
      const listen = (who: keyof typeof told) => [
        { handleCustomEvent: (_name: string, decision: object) => void told[who].push(decision) },
      ];
      const [small, large] = [new ScriptedChatModel(), new ScriptedChatModel()];
      const agent = createAgent({
        model: large,
        middleware: [glimpRouterMiddleware({ small, glimpseAt, policy })],
      });
      const routed = lastOf(await agent.invoke(ask("2+2?"), { callbacks: listen("agent") }));
      const { router } = scriptedRouter({}, { glimpseAt, policy });
      const alone = await router.invoke("2+2?", { callbacks: listen("model") });
      const kept = (message: AIMessageChunk) =>
        recordOf(message).steps.map(({ ms: _ms, parts, ...step }) => ({
          ...step,
          parts: parts.map(({ ms: _of, ...part }) => part),
        }));
      expect(kept(routed)).toEqual(kept(alone));
      expect(kept(routed).some(({ route }) => route === "large")).toBe(true);
      expect(recordOf(routed).requests).toEqual(recordOf(alone).requests);
      expect(routed.additional_kwargs).toEqual(alone.additional_kwargs);
      expect(routed.text).toBe(alone.text);
      expect(told.agent).toEqual(told.model);
    }
  });

  it("gives way to `large` where that is set", async () => {
    const [small, large, other] = [0, 1, 2].map(() => new ScriptedChatModel());
    const agent = createAgent({
      model: other as ScriptedChatModel,
      middleware: [
        glimpRouterMiddleware({
          small: small as ScriptedChatModel,
          large: large as ScriptedChatModel,
        }),
      ],
    });
    await agent.invoke(ask("2+2?"));
    expect([small, large, other].map((model) => model?.opened.length)).toEqual([1, 1, 0]);
  });

  it("is left alone where it routes by itself", async () => {
    const { router } = scriptedRouter({}, { threshold: 2.5 });
    const small = new ScriptedChatModel();
    const agent = createAgent({ model: router, middleware: [glimpRouterMiddleware({ small })] });
    const message = lastOf(await agent.invoke(ask("2+2?")));
    expect(recordOf(message).threshold).toBe(2.5);
    expect(small.opened).toEqual([]);
  });

  it("is wrapped once: servers are asked what they are at the first turn only", async () => {
    const pair = await toolPair();
    const middleware = glimpRouterMiddleware({ small: chatOpenAI(pair.small) });
    const agent = createAgent({
      model: chatOpenAI(pair.large),
      tools: [weather],
      middleware: [middleware],
    });
    const { messages } = await agent.invoke(ask("Weather in Oslo?"));
    await agent.invoke(ask("Weather in Oslo?"));
    expect(messages.map((message) => message.type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(pair.large.to("/v1/models")).toHaveLength(1);
    expect(pair.small.to("/v1/models")).toHaveLength(1);
  });

  it("that is no chat model is refused at the first turn, before anything is spent", async () => {
    const small = new ScriptedChatModel();
    const model = new ScriptedChatModel().withRetry() as unknown as ScriptedChatModel;
    const agent = createAgent({ model, middleware: [glimpRouterMiddleware({ small })] });
    await expect(agent.invoke(ask("2+2?"))).rejects.toThrow(
      /`large`.*wrapper \(withConfig, withRetry\)/,
    );
    expect(small.opened).toEqual([]);
  });
});

describe("options", () => {
  it("that are wrong are refused where they are given", () => {
    const small = new ScriptedChatModel();
    expect(() => glimpRouterMiddleware({ small, threshold: -1 })).toThrow(/`threshold`.* -1/);
    expect(() => glimpRouterMiddleware({ small: {} as ScriptedChatModel })).toThrow(/`small`/);
  });
});

describe("what an agent asks for", () => {
  it("tools: called by the answer of a routed turn, their results thought about in the next", async () => {
    const pair = await toolPair();
    const agent = createAgent({
      model: chatOpenAI(pair.large),
      tools: [weather],
      middleware: [glimpRouterMiddleware({ small: chatOpenAI(pair.small), continuation: "vllm" })],
    });
    const { messages } = await agent.invoke(ask("Weather in Oslo?"));
    const [, call, result, answer] = messages as AIMessageChunk[];
    expect(call?.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    expect(call?.additional_kwargs.reasoning_content).toBe(BEFORE);
    expect(result?.text).toBe("Rain in Oslo.");
    expect(answer?.text.trim()).toBe("It rains.");
    for (const message of [call, answer]) {
      expect(message && recordOf(message).steps.map(({ route }) => route)).toEqual([
        "small",
        "large",
      ]);
    }
  });

  it("a response format by tool: the answer calls it", async () => {
    const call = '<tool_call>{"name": "report", "arguments": {"rain": true}}</tool_call>';
    const pair = await toolPair({ model: toolScript(call) });
    const agent = createAgent({
      model: chatOpenAI(pair.large),
      responseFormat: REPORT,
      middleware: [glimpRouterMiddleware({ small: chatOpenAI(pair.small), continuation: "vllm" })],
    });
    const { structuredResponse } = await agent.invoke(ask("Weather in Oslo?"));
    expect(structuredResponse).toEqual({ rain: true });
    expect(pair.large.to("/v1/chat/completions").at(-1)?.body.tool_choice).toBe("required");
  });

  it("a response format of the server: the answer is held to it", async () => {
    const steps = [{ text: "It is wet.", entropy: 0.2 }];
    const model = scriptedThought({ steps, answer: '{"rain": true}' });
    const pair = await toolPair({ model });
    const agent = createAgent({
      model: chatOpenAI(pair.large),
      responseFormat: providerStrategy(z.object({ rain: z.boolean() })),
      middleware: [glimpRouterMiddleware({ small: chatOpenAI(pair.small), continuation: "vllm" })],
    });
    const { structuredResponse } = await agent.invoke(ask("Weather in Oslo?"));
    expect(structuredResponse).toEqual({ rain: true });
    expect(pair.large.to("/v1/chat/completions").at(-1)?.body.response_format).toMatchObject({
      type: "json_schema",
    });
  });

  it("a stream: every token once and in order", async () => {
    const agent = createAgent({
      model: new ScriptedChatModel(),
      middleware: [glimpRouterMiddleware({ small: new ScriptedChatModel() })],
    });
    const shown = { thought: "", answer: "", tokens: 0 };
    for await (const [message] of await agent.stream(ask("2+2?"), { streamMode: "messages" })) {
      shown.thought += String(message.additional_kwargs.reasoning_content ?? "");
      shown.answer += message.text;
      shown.tokens++;
    }
    expect(shown).toMatchObject({ thought: THOUGHT, answer: SCRIPT.answer });
    // One chunk with the record ends the 19 with text.
    expect(shown.tokens).toBe(20);
  });
});

describe("beside other middleware", () => {
  it("behind modelFallbackMiddleware: the fallback is routed, too", async () => {
    const small = new ScriptedChatModel();
    const broken = new ScriptedChatModel({ failAt: 0 });
    const spare = new ScriptedChatModel();
    const agent = createAgent({
      model: broken,
      middleware: [modelFallbackMiddleware(spare), glimpRouterMiddleware({ small })],
    });
    const message = lastOf(await agent.invoke(ask("2+2?")));
    expect(recordOf(message).requests.large).toBe(2);
    expect([small, broken, spare].map(({ opened }) => opened.length)).toEqual([2, 1, 1]);
  });

  it("before modelFallbackMiddleware: the fallback takes the router's place", async () => {
    const spare = new FakeListChatModel({ responses: ["Plainly 4."] });
    const agent = createAgent({
      model: new ScriptedChatModel({ failAt: 0 }),
      middleware: [
        glimpRouterMiddleware({ small: new ScriptedChatModel() }),
        modelFallbackMiddleware(spare),
      ],
    });
    expect(lastOf(await agent.invoke(ask("2+2?"))).text).toBe("Plainly 4.");
  });

  it("with summarizationMiddleware: the router thinks behind the summary", async () => {
    const small = new ScriptedChatModel();
    // Its own type allows no `exactOptionalPropertyTypes`, in its options and in its result.
    const summarize = (summarizationMiddleware as (options: object) => unknown)({
      model: new FakeListChatModel({ responses: ["They added numbers."] }),
      trigger: { messages: 3 },
      keep: { messages: 1 },
    }) as AgentMiddleware;
    const agent = createAgent({
      model: new ScriptedChatModel(),
      middleware: [summarize, glimpRouterMiddleware({ small })],
    });
    const messages = ["1+1?", "2+1?", "2+2?"].map((text) => new HumanMessage(text));
    const message = lastOf(await agent.invoke({ messages }));
    expect(message.text).toBe(SCRIPT.answer);
    const seen = small.opened[0]?.messages.map(({ text }) => text) ?? [];
    expect(seen).toHaveLength(2);
    expect(seen[0]).toContain("They added numbers.");
    expect(seen[1]).toBe("2+2?");
  });
});

const REPORT = {
  title: "report",
  type: "object" as const,
  properties: { rain: { type: "boolean" as const } },
  required: ["rain"],
};
