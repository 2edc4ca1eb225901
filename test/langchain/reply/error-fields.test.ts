import { ContextOverflowError, getRetryable, LangChainError } from "@langchain/core/errors";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, GlimpRouterError, type StepWriter } from "../../../src/index.js";
import { isContextOverflow } from "../../../src/writers/connection/context-overflow.js";
import { errorOf } from "../../writers/error-of.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";

/** A router whose server answers every request so. */
function refusedRouter(status: number, message: string, count: () => void = () => undefined) {
  const model = new ChatOpenAI({
    model: "small",
    apiKey: "none",
    maxRetries: 0,
    configuration: {
      baseURL: "http://127.0.0.1:9/v1",
      fetch: async () => {
        count();
        return Response.json({ error: { message } }, { status });
      },
    },
  });
  return new GlimpRouterChatModel({ small: model, large: model, continuation: "vllm" });
}

const HI = [new HumanMessage("hi")];

describe("L4: errors carry what frameworks look for", () => {
  it.each([
    [401, "Invalid API key", "MODEL_AUTHENTICATION", false],
    [404, "The model `small` does not exist.", "MODEL_NOT_FOUND", false],
    [429, "Too many requests", "MODEL_RATE_LIMIT", true],
    [422, "Unprocessable", undefined, false],
    [500, "Internal error", undefined, undefined],
  ])("L4: status %s of the server's answer", async (status, message, code, retryable) => {
    const error = await errorOf(refusedRouter(status, message).invoke(HI));
    // Where small is out large writes all, and fails as well; a refusal is nobody's outage.
    const role = status === 429 || status >= 500 ? "large" : "small";
    expect(error).toMatchObject({ reason: "server", status, role });
    expect(error.lc_error_code).toBe(code);
    expect(getRetryable(error)).toBe(retryable);
  });

  it.each<[string, BaseMessage[]]>([
    ["no messages", []],
    ["an assistant message at the end", [new AIMessage("It is")]],
  ])("L4: 400 for bad input: %s", async (_what, messages) => {
    const error = await errorOf(refusedRouter(200, "").invoke(messages));
    expect(error).toMatchObject({ reason: "invalid_input", status: 400 });
    expect(getRetryable(error)).toBe(false);
  });

  it("L4: no status where no answer came, and an abort's own code", async () => {
    const model = new FakeListChatModel({ responses: [] });
    const failing: StepWriter = {
      kind: "failing",
      open: () => Promise.reject(new Error("no luck")),
      write: async function* () {},
    };
    const router = new GlimpRouterChatModel({ small: model, large: model, continuation: failing });
    const error = await errorOf(router.invoke(HI));
    expect([error.reason, error.status, error.lc_error_code]).toEqual([
      "server",
      undefined,
      undefined,
    ]);
    const aborted = await errorOf(router.invoke(HI, { signal: AbortSignal.abort() }));
    expect(aborted).toMatchObject({ reason: "aborted", lc_error_code: "MODEL_ABORTED" });
  });

  it.each<[string, number, string, BaseMessage[]]>([
    ["401", 401, "Invalid API key", HI],
    ["404", 404, "The model does not exist.", HI],
    ["bad input", 200, "", []],
  ])(
    "L4: a LangGraph node with a retry policy tries once: %s",
    async (_what, status, said, messages) => {
      const router = refusedRouter(status, said);
      let attempts = 0;
      const graph = new StateGraph(MessagesAnnotation)
        .addNode(
          "think",
          async () => {
            attempts++;
            return { messages: [await router.invoke(messages)] };
          },
          { retryPolicy: { maxAttempts: 3, initialInterval: 1, jitter: false, logWarning: false } },
        )
        .addEdge(START, "think")
        .addEdge("think", END)
        .compile();
      await expect(graph.invoke({ messages: HI })).rejects.toThrow();
      expect(attempts).toBe(1);
    },
  );
});

describe("L5: a prompt that is too long for a context", () => {
  function expectOverflow(error: unknown): void {
    expect(ContextOverflowError.isInstance(error)).toBe(true);
    expect(GlimpRouterError.isInstance(error)).toBe(true);
    expect(LangChainError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      reason: "context",
      name: "GlimpRouterError",
      status: 400,
      lc_error_code: "CONTEXT_OVERFLOW",
    });
    expect(getRetryable(error)).toBe(false);
  }

  it("L5: is core's ContextOverflowError where the router sees it", async () => {
    const server = await fakeVllm({ maxModelLen: 40 });
    const model = chatOpenAI(server);
    const router = new GlimpRouterChatModel({ small: model, large: model });
    expectOverflow(await errorOf(router.invoke("word ".repeat(100))));
    expect(server.to("/v1/completions")).toEqual([]);
  });

  it("L5: and where the server refuses it", async () => {
    const said =
      "This model's maximum context length is 512 tokens. However, your prompt contains at least 513 input tokens.";
    const error = await errorOf(refusedRouter(400, said).invoke(HI));
    expectOverflow(error);
    expect(error.message).toContain("Shorten the prompt");
    expect(error.role).toBe("small");
  });

  it("L5: no other error of ours is one", async () => {
    const error = await errorOf(refusedRouter(401, "Invalid API key").invoke(HI));
    expect(ContextOverflowError.isInstance(error)).toBe(false);
  });

  it.each([
    "This model's maximum context length is 512 tokens. However, you requested 600 tokens.",
    "The decoder prompt (length 600) is longer than the maximum model length of 512.",
    "The input (600 tokens) is longer than the model's context length (512 tokens).",
    "Input length (302 tokens) exceeds the maximum allowed length (294 tokens). Use a shorter input.",
    "request (603 tokens) exceeds the available context size (512 tokens), try increasing it",
    "Context size has been exceeded.",
    "Your input exceeds the context window of this model.",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "Input is too long for requested model.",
  ])("L5: in the words of a server: %s", (message) => {
    expect(isContextOverflow(Object.assign(new Error(message), { status: 400 }))).toBe(true);
  });

  it.each([
    "max_completion_tokens is too large: 9000. This model supports at most 512 completion tokens.",
    "Unsupported value: 'context'.",
    "",
  ])("L5: but not %j", (message) => {
    expect(isContextOverflow(new Error(message))).toBe(false);
  });
});
