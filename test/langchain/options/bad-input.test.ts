import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, GlimpRouterError, type StepWriter } from "../../../src/index.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";

const model = new FakeListChatModel({ responses: ["never asked"] });

/** A writer that fails the test when anything is asked of it. */
const untouched: StepWriter = {
  kind: "untouched",
  open: () => Promise.reject(new Error("The prompt was opened.")),
  write: () => {
    throw new Error("A request was made.");
  },
};

function construct(fields: Record<string, unknown>): unknown {
  try {
    return new GlimpRouterChatModel({ small: model, large: model, ...fields } as never);
  } catch (error) {
    return error;
  }
}

const PRICE = { input: 1, output: 1 };
const COST = { maxCost: 1, prices: { small: PRICE, large: PRICE } };

describe("bad options: the error names field, value and remedy", () => {
  it.each([
    ["threshold", -0.1, "-0.1", 'always("small")'],
    ["threshold", Number.NaN, "NaN", "tau in nats"],
    ["threshold", 3, "3", "ln 20 = 2.996"],
    ["topLogprobs", 0, "0", "2 or more"],
    ["topLogprobs", 1, "1", "2 or more"],
    ["topLogprobs", 2.5, "2.5", "whole number"],
    ["small", undefined, "undefined", "ChatOpenAI"],
    ["large", undefined, "undefined", "ChatOpenAI"],
    ["small", { invoke: 1 }, "an object (Object)", "ChatOpenAI"],
    ["large", "gpt-4", '"gpt-4"', "ChatOpenAI"],
    ["glimpse", "guess", '"guess"', '"probe"'],
    ["delimiter", "", '""', "separates two steps"],
    ["thinking", true, "true", "or false"],
    ["answerBy", "both", '"both"', '"large"'],
    ["maxStepTokens", 0, "0", "1 or more"],
    ["maxThoughtTokens", -5, "-5", "1 or more"],
    ["maxAnswerTokens", 1.5, "1.5", "whole number"],
    ["maxSteps", 0, "0", "1 or more"],
    ["closeWhen", true, "true", "closeMargin(1)"],
    ["closeWhen", { rule: "closeMargin", below: 0 }, "an object (Object)", "closeMargin(1)"],
    ["closeWhen", { rule: "answerEntropy", delta: 1 }, "an object (Object)", "answerEntropy({"],
    ["minThoughtTokens", -1, "-1", "0 or more"],
    ["verify", true, "true", "docs/verification.md"],
    ["verify", { by: "score" }, "an object (Object)", "has no default"],
    ["verify", { by: "vibes", threshold: 1 }, "an object (Object)", '"likelihood"'],
    ["verify.threshold", { by: "likelihood", threshold: -0.1 }, "-0.1", "nats a token (0 or more)"],
    ["verify", { by: "likelihood", threshold: Number.NaN }, "an object (Object)", "nats a token"],
    ["verify.maxContext", { by: "score", threshold: 0.5, maxContext: 9 }, "9", "alone"],
    ["verify.maxContext", { by: "likelihood", threshold: 1, maxContext: 0 }, "0", "alone"],
    ["verify.maxAheadTokens", { by: "self", threshold: 1, maxAheadTokens: 9 }, "9", "async: true"],
    [
      "verify.maxAheadTokens",
      { by: "self", threshold: 1, async: true, maxAheadTokens: 0 },
      "0",
      "async: true",
    ],
    ["verify", { by: "self", threshold: 1, async: "yes" }, "an object (Object)", "async"],
    ["verify.threshold", { by: "self", threshold: 1.5 }, "1.5", "0 to 1"],
    ["warm", true, "true", '"both"'],
    ["warm", "small", '"small"', '"large"'],
    ["warm", { minTokens: 16 }, "an object (Object)", "models"],
    ["onVerifyFailure", "retry", '"retry"', '"accept"'],
    ["policy", "entropy", '"entropy"', "above(1)"],
    ["continuation", 7, "7", '"auto"'],
  ])("%s: %s", (field, value, shown, remedy) => {
    const error = construct({ [field.split(".")[0] ?? ""]: value });
    expect(GlimpRouterError.isInstance(error)).toBe(true);
    const { message, reason } = error as GlimpRouterError;
    expect(reason).toBe("invalid_option");
    expect(message).toContain(`\`${field}\``);
    expect(message).toContain(shown);
    expect(message).toContain(remedy);
  });

  it.each([
    [{ warm: { models: "large", minTokens: 0 } }, "`warm.minTokens`", "1 or more"],
    [{ warm: "large", maxTotalTokens: 10_000 }, "`warm`", "`maxTotalTokens`"],
    [{ warm: { models: "both" }, ...COST }, "`warm`", "`maxCost`"],
  ])("what does not go together: %o", (fields, field, other) => {
    const { message } = construct(fields) as Error;
    expect(message).toContain(field);
    expect(message).toContain(other);
  });

  it("nothing is read ahead where a step is a request of its own", () => {
    const verify = { by: "self", threshold: 1, async: true };
    expect(construct({ verify, glimpse: "probe" })).toMatchObject({
      reason: "invalid_option",
      message: expect.stringMatching(/`verify.async`.*`glimpse: "fused"`/s),
    });
  });

  it("lets a threshold above the ceiling pass where a policy takes its place", () => {
    expect(construct({ threshold: 9, policy: () => "small" })).toBeInstanceOf(GlimpRouterChatModel);
  });

  it("shows no model's fields, which may hold a key", () => {
    const error = construct({ small: { apiKey: "sk-secret" } }) as Error;
    expect(error.message).not.toContain("sk-secret");
  });
});

describe("a judge that the large model cannot be: refused before any request", () => {
  const routerBy = (by: "score" | "likelihood", large: StepWriter) =>
    new GlimpRouterChatModel({
      small: model,
      large: model,
      continuation: { small: untouched, large },
      verify: { by, threshold: 0.5 },
    });

  it.each([
    ["likelihood", untouched, 'cannot tell how likely a given text is (continuation "untouched")'],
    ["likelihood", { ...untouched, kind: "ask" }, "is prompted"],
  ] as const)("%s, a large model that %o", async (by, large, why) => {
    await expect(routerBy(by, large).invoke("2+2?")).rejects.toMatchObject({
      reason: "invalid_option",
      role: "large",
      message: expect.stringMatching(/^`verify.by` is "likelihood".*"vllm".*"sglang".*"local"/),
    });
    await expect(routerBy(by, large).invoke("2+2?")).rejects.toThrow(why);
  });

  it("one that can is asked", async () => {
    const large: StepWriter = { ...untouched, scorePrompt: async () => ({ tokens: [] }) };
    await expect(routerBy("likelihood", large).invoke("2+2?")).rejects.toThrow("was opened");
  });
});

describe("bad messages: refused before any request", () => {
  const router = new GlimpRouterChatModel({ small: model, large: model, continuation: untouched });

  it("an empty list", async () => {
    await expect(router.invoke([])).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining("messages are empty"),
    });
  });

  it("an assistant message at the end", async () => {
    const messages = [new HumanMessage("2+2?"), new AIMessage("It is")];
    await expect(router.invoke(messages)).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining("assistant message"),
    });
  });

  it("an aborted signal", async () => {
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(router.invoke("2+2?", { signal })).rejects.toThrow("no longer wanted");
  });
});

describe("a prompt that leaves no room for an answer", () => {
  it("is refused with both figures, before any generation", async () => {
    const full: StepWriter = {
      ...untouched,
      open: async () => ({
        kind: "full",
        data: null,
        opensThought: true,
        promptTokens: 500,
        contextSize: 512,
      }),
    };
    const router = new GlimpRouterChatModel({ small: model, large: model, continuation: full });
    await expect(router.invoke("2+2?")).rejects.toMatchObject({
      reason: "context",
      message: expect.stringMatching(/500 tokens.*small.*512/),
    });
  });
});

describe("models that cannot be routed to: refused by the constructor", () => {
  const openai = new ChatOpenAI({ model: "m", apiKey: "none" });
  const tool = { type: "function", function: { name: "add", parameters: {} } } as const;

  it.each<[string, unknown, string]>([
    ["tools bound to it", openai.bindTools([tool]), "router.bindTools(tools)"],
    [
      "tools in its config",
      model.withConfig({ tools: [tool] } as never),
      "router.bindTools(tools)",
    ],
    ["fallbacks", openai.withFallbacks([openai]), "router.withFallbacks"],
    ["a retrying wrapper", openai.withRetry(), "router.withRetry()"],
  ])("%s", (_what, given, remedy) => {
    for (const role of ["small", "large"]) {
      const error = construct({ [role]: given });
      expect(error).toMatchObject({ reason: "invalid_option" });
      expect((error as Error).message).toContain(`\`${role}\``);
      expect((error as Error).message).toContain(remedy);
    }
  });
});

describe("answers that a continuation cannot give: refused before any request", () => {
  const tools = [{ type: "function", function: { name: "add", parameters: {} } }];
  const router = (fields: object = {}) =>
    new GlimpRouterChatModel({ small: model, large: model, continuation: untouched, ...fields });

  it.each([
    ["tools", { tools }],
    ["a response format", { response_format: { type: "json_object" } }],
  ])("%s", async (_what, options) => {
    await expect(router().invoke("2+2?", options)).rejects.toMatchObject({
      reason: "invalid_option",
      role: "large",
      message: expect.stringMatching(/continuation "untouched" writes text alone.*answerBy/),
    });
    await expect(router({ answerBy: "small" }).invoke("2+2?", options)).rejects.toMatchObject({
      role: "small",
    });
    await expect(router({ thinking: false }).invoke("2+2?", options)).rejects.toMatchObject({
      role: "small",
    });
  });

  it("a tool that is no function", async () => {
    const search = { tools: [{ type: "web_search" }] };
    await expect(router().invoke("2+2?", search)).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining('"web_search"'),
    });
  });

  it("binds no tools where there are none, as agents do", async () => {
    await expect(router().bindTools([]).invoke("2+2?")).rejects.toThrow("The prompt was opened.");
  });
});

describe("an image where the thought is continued as text", () => {
  it("is refused with the continuation that can see it, before any generation", async () => {
    const server = await fakeVllm();
    const openai = chatOpenAI(server);
    const router = new GlimpRouterChatModel({
      small: openai,
      large: openai,
      continuation: "vllm",
    });
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const content = [{ type: "text", text: "What is it?" }, image];
    await expect(router.invoke([new HumanMessage({ content } as never)])).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining("vllm-chat"),
    });
    expect(server.requests.filter(({ path }) => path.includes("completions"))).toEqual([]);
  });
});

describe("L11: a `tool_choice` that no tool answers to is refused before a thought is paid for", () => {
  const tools = [
    { type: "function", function: { name: "add", parameters: {} } },
    { type: "function", function: { name: "multiply", parameters: {} } },
  ];
  const answering: StepWriter = {
    ...untouched,
    answer: () => {
      throw new Error("An answer was asked for.");
    },
  };
  const router = new GlimpRouterChatModel({
    small: model,
    large: model,
    continuation: answering,
  });

  it.each([
    ["a name", "nope", '"nope": the tools are "add", "multiply"'],
    ["OpenAI's form", { type: "function", function: { name: "nope" } }, '"nope": the tools are'],
    ["Anthropic's form", { type: "tool", name: "nope" }, '"nope": the tools are'],
  ])("L11: %s", async (_what, tool_choice, words) => {
    const call = router.bindTools(tools, { tool_choice }).invoke("2+2?");
    await expect(call).rejects.toMatchObject({
      reason: "invalid_option",
      status: 400,
      message: expect.stringContaining(`Call option \`tool_choice\` cannot be ${words}`),
    });
    const stream = async () => {
      for await (const _ of await router.bindTools(tools, { tool_choice }).stream("2+2?"));
    };
    await expect(stream()).rejects.toMatchObject({ reason: "invalid_option" });
  });

  it.each(["any", "required", "add"])("L11: %j without tools", async (tool_choice) => {
    await expect(router.invoke("2+2?", { tool_choice })).rejects.toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining("there are no tools"),
    });
  });

  it.each([
    ["add", tools],
    ["auto", tools],
    ["any", tools],
    ["none", []],
    ["auto", []],
  ])("L11: lets %j pass where it can be followed", async (tool_choice, given) => {
    const call = router.bindTools(given, { tool_choice }).invoke("2+2?");
    await expect(call).rejects.toThrow("The prompt was opened.");
  });
});
