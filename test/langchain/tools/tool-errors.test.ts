import { describe, expect, it } from "vitest";
import { recordOf } from "../record-of.js";
import { BEFORE, toolPair, weather } from "./tool-pair.js";

const CHAT = { path: "/v1/chat/completions" };

describe("an answer in chat that fails", () => {
  it.each([
    ["server-error", "server", /large model's server .* failed at answering: 500/],
    ["cut", "stream_cut", /without a finish reason/],
    ["error-in-stream", "server", /EngineCore encountered an issue/],
    ["no-finish", "stream_cut", /without a finish reason/],
    ["finish-abort", "server", /finish_reason "abort": it is incomplete/],
  ] as const)("%s: a typed error with the thought", async (fault, reason, message) => {
    const { large, router } = await toolPair();
    large.fail(fault, CHAT);
    const error = await router()
      .bindTools([weather])
      .invoke("Oslo?")
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ reason, role: "large" });
    expect(error.thought.trimEnd()).toBe(BEFORE);
    expect(error.message).toMatch(message);
  });

  it("says what the server says, where it has no tool parser", async () => {
    const { router } = await toolPair({ toolParser: false });
    await expect(router().bindTools([weather]).invoke("Oslo?")).rejects.toMatchObject({
      reason: "server",
      message: expect.stringContaining("--enable-auto-tool-choice"),
    });
  });

  it("is aborted with its request", async () => {
    const { large, router } = await toolPair({ tokenDelayMs: 20 });
    const own = new AbortController();
    const read = async () => {
      const config = { signal: own.signal };
      for await (const chunk of await router().bindTools([weather]).stream("Oslo?", config)) {
        if ((chunk.tool_call_chunks ?? []).length > 0) own.abort(new Error("enough"));
      }
    };
    await expect(read()).rejects.toThrow("enough");
    await large.idle();
    expect(large.to(CHAT.path).at(-1)?.aborted).toBe(true);
  });
});

describe("an answer in chat", () => {
  it("is counted as the server reports it", async () => {
    const { large, router } = await toolPair();
    const message = await router().bindTools([weather]).invoke("Oslo?");
    const { answer, usage } = recordOf(message);
    expect(answer?.tokens).toBe(large.to(CHAT.path).at(-1)?.tokensWritten);
    expect(usage.large.estimated).toBe(false);
  });

  it("is cut at maxAnswerTokens, and says so", async () => {
    const { router } = await toolPair();
    const message = await router({ maxAnswerTokens: 3 }).bindTools([weather]).invoke("Oslo?");
    expect(recordOf(message).answer?.end).toBe("length");
    expect(message.response_metadata.finish_reason).toBe("length");
  });
});
