import { ContextOverflowError } from "@langchain/core/errors";
import { expect, it } from "vitest";
import { GlimpRouterChatModel, GlimpRouterError } from "../../src/index.js";
import { toApiError } from "../../src/serve/api-error.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { PlainModel } from "./plain-model.js";
import { errorOf, eventsOf, joined, readEvent, served } from "./served.js";

it.each([true, false])(
  "a model that is down before the first piece is a 503 with Retry-After (stream: %s)",
  async (stream) => {
    const { router } = scriptedRouter({ small: { failAt: 0 } });
    const response = await served(router).ask({ stream });
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.get("x-should-retry")).toBe("true");
    expect(await errorOf(response)).toEqual({
      status: 503,
      error: {
        message: "The small model failed: The engine died.",
        type: "server_error",
        param: null,
        code: "model_unavailable",
      },
    });
  },
);

it("one that fails under way ends the stream with an error: no finish_reason, no [DONE]", async () => {
  const { router } = scriptedRouter({ small: { failAt: 40 } });
  const events = await eventsOf(await served(router).ask({ stream: true }));
  const chunks = events.map(readEvent);
  expect(joined(chunks.slice(0, -1), "reasoning_content")).toContain("First we add 2 and 2.");
  expect(chunks.at(-1)).toEqual({
    error: {
      message: "The small model failed: The engine died.",
      type: "server_error",
      param: null,
      code: "model_unavailable",
    },
  });
  expect(chunks.slice(0, -1).every(({ choices }) => choices[0]?.finish_reason === null)).toBe(true);
  expect(events.some((event) => event.includes("[DONE]"))).toBe(false);
});

it("one that fails under way of a whole reply is a 503, and no half of an answer", async () => {
  const { router } = scriptedRouter({ small: { failAt: 40 } });
  const { status, error } = await errorOf(await served(router).ask());
  expect([status, error.code]).toEqual([503, "model_unavailable"]);
});

it("a prompt that is too long is OpenAI's context_length_exceeded, routed or not", async () => {
  const told = toApiError(new GlimpRouterError("Too long.", { reason: "context" }));
  expect([told.status, told.body.error]).toEqual([
    400,
    {
      message: "Too long.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
  ]);
  const error = new ContextOverflowError("3000 tokens");
  const plain = new PlainModel({ name: "small", error });
  const router = new GlimpRouterChatModel({ small: plain, large: plain });
  const answer = await served(router).ask({ model: "glimprouter/small" });
  expect((await errorOf(answer)).error.code).toBe("context_length_exceeded");
});

it.each([
  ["server", 429, 429, "rate_limit_exceeded"],
  ["server", 502, 503, "model_unavailable"],
  ["server", 401, 502, "model_refused"],
  ["server", 422, 400, "model_refused"],
  ["no_logprobs", undefined, 500, "no_logprobs"],
  ["invalid_option", undefined, 400, "invalid_value"],
] as const)("a reply that fails by %s, %s, is told as %s", (reason, said, status, code) => {
  const told = toApiError(new GlimpRouterError("It failed.", { reason, status: said }));
  expect([told.status, told.body.error.code]).toEqual([status, code]);
  const mayRetry = status === 429 || status === 503;
  expect(told.toResponse().headers.get("x-should-retry")).toBe(String(mayRetry));
});

it("what is our own fault is told without a word of it", async () => {
  const { router } = scriptedRouter();
  const onReply = () => {
    throw new TypeError("secret at /home/somebody/file.js:7");
  };
  const response = await served(router, { onReply }).ask();
  expect(await errorOf(response)).toEqual({
    status: 500,
    error: {
      message: "The server failed.",
      type: "server_error",
      param: null,
      code: "internal_error",
    },
  });
});
