import { inspect } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { diagnose, GlimpRouterChatModel } from "../../src/index.js";
import { createHandler } from "../../src/serve/index.js";
import { useTracer } from "../langchain/tracing/traced.js";
import { canaryModel, type Echo, expectNoSecret, SECRETS } from "./canary.js";
import { ECHOES } from "./echoes.js";

// Errors themselves, over every kind of server: test/writers/connection/leaks.test.ts.

const CONTINUATION = "vllm";
const echoes = Object.entries(ECHOES);

function routerOver(echo: Echo): GlimpRouterChatModel {
  const [small, large] = [canaryModel(echo), canaryModel(echo)];
  return new GlimpRouterChatModel({ small, large, continuation: CONTINUATION });
}

/** Whatever an error shows to whoever looks closely; its state to resume from is not enumerable. */
function shownOf(error: unknown): string {
  const { resume } = error as { resume?: unknown };
  return [inspect(error, { depth: 20, showHidden: true }), JSON.stringify([error, resume])].join();
}

describe("whatever a server echoes, no secret is in", () => {
  it.each(echoes)("a trace, and what callbacks are told: %s", async (_name, echo) => {
    const { tracer, tree, server } = await useTracer();
    const told: unknown[] = [];
    const callbacks = [tracer, { handleLLMError: (error: unknown) => void told.push(error) }];
    const error = await routerOver(echo)
      .invoke("2+2?", { callbacks })
      .catch((thrown: unknown) => thrown);
    expect((await tree()).error).toEqual(expect.any(String));
    expect(told).toHaveLength(1);
    expectNoSecret(server.bodies.join("\n") + shownOf(told[0]) + shownOf(error));
  });

  it.each(echoes)("a checkpoint: %s", async (_name, echo) => {
    const checkpointer = new MemorySaver();
    const [small, large] = [canaryModel(echo), canaryModel(echo)];
    const graph = glimpRouterGraph({ small, large, continuation: CONTINUATION, checkpointer });
    const input = { messages: [new HumanMessage("2+2?")] };
    await expect(graph.invoke(input, { configurable: { thread_id: "1" } })).rejects.toThrow();
    const decoder = new TextDecoder();
    const kept = JSON.stringify([checkpointer.storage, checkpointer.writes], (_key, value) =>
      value instanceof Uint8Array ? decoder.decode(value) : value,
    );
    expect(kept).toContain("2+2?");
    expectNoSecret(kept);
  });

  it.each(echoes)("the doctor's report: %s", async (_name, echo) => {
    const [small, large] = [canaryModel(echo), canaryModel(echo)];
    const report = await diagnose({ small, large, continuation: CONTINUATION, timeoutMs: 5_000 });
    expect(report.canRoute).toBe(false);
    expectNoSecret(inspect(report, { depth: 20 }) + JSON.stringify(report));
  });

  it.each(echoes)("what `serve` tells its clients: %s", async (_name, echo) => {
    const handler = createHandler({ router: routerOver(echo) });
    for (const stream of [true, false]) {
      const response = await handler(
        new Request("http://127.0.0.1:8787/v1/chat/completions", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            model: "glimprouter",
            messages: [{ role: "user", content: "2+2?" }],
            stream,
          }),
        }),
      );
      const text = await response.text();
      expect(text).toContain('"error"');
      expectNoSecret(text + inspect(response.headers));
    }
  });
});

it("the key of a cache holds no secret, and tells queries apart all the same", () => {
  const keyOf = (defaultQuery: Record<string, string>, query = "") => {
    const small = canaryModel(() => new Response(), { defaultQuery, query });
    const router = new GlimpRouterChatModel({ small, large: small, continuation: CONTINUATION });
    return router._getSerializedCacheKeyParametersForCall({} as never);
  };
  const key = keyOf({ signature: "default-query-secret" }, "?token=kwargs-secret");
  expect(key).toContain('"baseURL":"http://127.0.0.1:9/v1');
  expectNoSecret(key);
  expect(key).toBe(keyOf({ signature: "default-query-secret" }, "?token=kwargs-secret"));
  expect(key).not.toBe(keyOf({ signature: "default-query-secret" }, "?token=another"));
  expect(key).not.toBe(keyOf({ signature: "another" }, "?token=kwargs-secret"));
});

it("the canaries do reach the server: else nothing was tried", async () => {
  const seen: string[] = [];
  const echo: Echo = (headers, url, body) => {
    headers.forEach((value) => {
      seen.push(value);
    });
    seen.push(url, decodeURIComponent(url), body);
    return ECHOES["F20: a body that is no JSON"]?.(headers, url, body) ?? new Response();
  };
  const model = canaryModel(echo);
  await expect(model.invoke("2+2?")).rejects.toThrow();
  const sent = seen.join("\n");
  expect(SECRETS.filter((secret) => !sent.includes(secret))).toEqual([]);
});
