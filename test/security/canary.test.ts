import { createServer, type IncomingMessage } from "node:http";
import { inspect } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it, onTestFinished } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { diagnose, GlimpRouterChatModel } from "../../src/index.js";
import { createHandler } from "../../src/serve/index.js";
import { useTracer } from "../langchain/tracing/traced.js";
import { runHere } from "../programs/run-here.js";
import { listen } from "../servers/http/listen.js";
import { canaryModel, type Echo, expectNoSecret, KEY, SECRETS } from "./canary.js";
import { ECHOES } from "./echoes.js";

// Errors themselves, over every kind of server: test/writers/connection/leaks.test.ts.

const CONTINUATION = "vllm";
const echoes = Object.entries(ECHOES);
/** Each takes seconds. */
const ON_THE_COMMAND_LINE = ["F20: a message of 401", "F22: a header", "F20: a token"];

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

  it.each(ON_THE_COMMAND_LINE)("what the command line prints: %s", async (name) => {
    const address = await echoServer(ECHOES[name] as Echo);
    const pair = ["--small", address, "--large", address, "--continuation", CONTINUATION];
    for (const args of [["ask", "2+2?", "--json"], ["doctor"]]) {
      const run = await runHere([...args, ...pair], { OPENAI_API_KEY: KEY });
      expect(run.code).toBe(1);
      expect(run.stdout + run.stderr).not.toBe("");
      expectNoSecret(run.stdout + run.stderr);
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

/** @returns its address, with credentials and a query */
async function echoServer(echo: Echo): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const headers = new Headers(request.headers as Record<string, string>);
    try {
      const reply = echo(headers, `http://${request.headers.host}${request.url}`, body);
      response.writeHead(reply.status, Object.fromEntries(entriesOf(reply.headers)));
      response.end(await reply.text());
    } catch {
      response.destroy();
    }
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `${url.replace("//", "//alice-user:pass%20word-secret@")}/v1?signature=default-query-secret#small`;
}

function entriesOf(headers: Headers): readonly (readonly [string, string])[] {
  const entries: [string, string][] = [];
  headers.forEach((value, name) => {
    entries.push([name, value]);
  });
  return entries;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
