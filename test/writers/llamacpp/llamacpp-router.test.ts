import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import type { GlimpRouterMessage } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import type { FakeLlamacpp } from "../../servers/fake-llamacpp/fake-llamacpp-options.js";
import type { RecordedRequest } from "../../servers/http/recorded-request.js";
import { CHAIN, llamacppPair } from "./llamacpp-setup.js";

const THOUGHT = CHAIN.steps.map(({ text }) => text).join("\n\n");
const HARD = CHAIN.steps.filter(({ entropy }) => entropy > 1).length;

function routesOf(message: GlimpRouterMessage): readonly string[] {
  return recordOf(message).steps.map(({ route }) => route);
}

/** Prompts that a server was given for this chain, in order. */
function promptsTo(server: FakeLlamacpp): readonly string[] {
  return server.to("/v1/completions").map(({ body }) => String(body.prompt));
}

describe("a chain over two llama.cpp servers", () => {
  it("is detected, routed and answered; the fused glimpse takes at most 2n + 2 requests", async () => {
    const { small, large, router } = await llamacppPair({ refuseViolations: true });
    const message = await router().invoke("59, +10, %6");
    expect(message.text).toBe(CHAIN.answer);
    expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(routesOf(message)).toEqual(["small", "large", "small", "large", "small"]);
    expect(recordOf(message).continuation).toEqual({ small: "llamacpp", large: "llamacpp" });
    expect(recordOf(message).requests).toEqual({ small: HARD + 1, large: HARD + 1 });
    expect(promptsTo(small).length + promptsTo(large).length).toBe(2 * HARD + 2);
    expect([...small.violations, ...large.violations]).toEqual([]);
  });

  it("is the same chain by probes, in 2 x steps + 1 requests", async () => {
    const { small, large, router } = await llamacppPair({ refuseViolations: true });
    const fused = await router().invoke("59, +10, %6");
    const before = promptsTo(small).length + promptsTo(large).length;
    const probed = await router({ glimpse: "probe" }).invoke("59, +10, %6");
    expect(probed.text).toBe(fused.text);
    expect(probed.additional_kwargs.reasoning_content).toBe(
      fused.additional_kwargs.reasoning_content,
    );
    expect(routesOf(probed)).toEqual(routesOf(fused));
    const entropies = (message: GlimpRouterMessage) =>
      recordOf(message).steps.map(({ entropy }) => entropy?.toFixed(6));
    expect(entropies(probed)).toEqual(entropies(fused));
    expect(promptsTo(small).length + promptsTo(large).length - before).toBe(
      2 * CHAIN.steps.length + 1,
    );
  });

  it.each(["fused", "probe"] as const)(
    "extends each server's prompts byte by byte, which its cache is for (%s)",
    async (glimpse) => {
      const { small, large, router } = await llamacppPair();
      await router({ glimpse }).invoke("59, +10, %6");
      for (const server of [small, large]) {
        const prompts = promptsTo(server);
        for (const [index, prompt] of prompts.entries()) {
          const before = prompts[index - 1] ?? "";
          expect(prompt.startsWith(before)).toBe(true);
        }
      }
    },
  );

  it.each(["plain", "qwen3", "r1", "trimming"] as const)(
    "is the same under the template %s, with control tokens as tags",
    async (template) => {
      const { small, large, router } = await llamacppPair({
        template,
        refuseViolations: true,
        script: { ...CHAIN, specialTags: true },
      });
      const message = await router().invoke("59, +10, %6");
      expect(message.text).toBe(CHAIN.answer);
      expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
      expect(routesOf(message)).toEqual(["small", "large", "small", "large", "small"]);
      expect([...small.violations, ...large.violations]).toEqual([]);
    },
  );

  it("opens a connection for each stream, which the server closes, and keeps the others", async () => {
    const { small, large, router } = await llamacppPair();
    const model = router();
    for (let chain = 0; chain < 10; chain++) {
      expect((await model.invoke("59, +10, %6")).text).toBe(CHAIN.answer);
    }
    for (const server of [small, large]) {
      const connections = (path: string) =>
        new Set(server.to(path).map(({ headers }) => headers.connection));
      expect(connections("/v1/completions")).toEqual(new Set(["close"]));
      expect(connections("/apply-template")).toEqual(new Set(["keep-alive"]));
      const streams = server.to("/v1/completions").length;
      expect(server.sockets).toBeGreaterThan(streams);
      expect(server.sockets).toBeLessThanOrEqual(streams + 3);
    }
  });
});

describe("hand-offs", () => {
  const ABORT_WITHIN_MS = 50;

  /** Runs a chain, and tells how long this process itself stood still at most: no server can hear of that. */
  async function withStandstill<Result>(run: () => Promise<Result>) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const result = await run();
    delay.disable();
    return { result, standstillMs: delay.max / 1e6 };
  }

  /** From the last token that went out to the moment in which the server saw the client leave. */
  function abortLatency({ abortedAt, writtenAt }: RecordedRequest): number {
    return (abortedAt ?? Number.NaN) - (writtenAt.at(-1) ?? Number.NaN);
  }

  it("end the small stream within 50 ms of the glimpse, at most 3 tokens later", async () => {
    const { small, router } = await llamacppPair({ tokenDelayMs: 20 });
    const { result, standstillMs } = await withStandstill(async () => {
      const message = await router().invoke("59, +10, %6");
      await small.idle();
      return message;
    });
    const aborted = small.to("/v1/completions").filter((request) => request.aborted);
    // Two for large's steps; the last one ends at the close, the answer is large's.
    expect(aborted).toHaveLength(HARD + 1);
    const kept = recordOf(result)
      .steps.filter(({ route }) => route === "small")
      .reduce((sum, { tokens }) => sum + tokens, 0);
    const written = aborted.reduce((sum, { tokensWritten }) => sum + tokensWritten, 0);
    expect(written - kept).toBeLessThanOrEqual(3 * aborted.length);
    for (const request of aborted) {
      expect(abortLatency(request)).toBeLessThan(ABORT_WITHIN_MS + standstillMs);
    }
  });

  it("end it also while the next token is long in coming", async () => {
    const { small, router } = await llamacppPair({ tokenDelayMs: 400, script: HARD_AT_ONCE });
    const { standstillMs } = await withStandstill(() => router().invoke("59, +10, %6"));
    const [first] = small.to("/v1/completions");
    expect(first).toMatchObject({ aborted: true, tokensWritten: 1 });
    if (first === undefined) throw new Error("Small was never asked.");
    expect(abortLatency(first)).toBeLessThan(ABORT_WITHIN_MS + standstillMs);
  });
});

const HARD_AT_ONCE = {
  steps: [
    { text: "That is it.", entropy: 2.2 },
    { text: "Done.", entropy: 0.1 },
  ],
  answer: "3",
};
