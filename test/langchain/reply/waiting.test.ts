import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../../src/graph/index.js";
import {
  diagnose,
  GlimpRouterChatModel,
  GlimpRouterError,
  type GlimpRouterFields,
} from "../../../src/index.js";
import {
  closedBaseURL,
  type SilentServer,
  startSilentServer,
} from "../../servers/http/silent-server.js";

/** Above what a loaded machine needs, below what the retries of an SDK would take. */
const SOON_MS = 2500;

const servers: SilentServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function silentServer(): Promise<SilentServer> {
  const server = await startSilentServer();
  servers.push(server);
  return server;
}

/** As users have it: the default retries. */
function chatOpenAI(baseURL: string, fields: { readonly maxRetries?: number } = {}): ChatOpenAI {
  return new ChatOpenAI({ model: "small", apiKey: "none", ...fields, configuration: { baseURL } });
}

function routerAt(baseURL: string, fields: Partial<GlimpRouterFields> = {}): GlimpRouterChatModel {
  const model = chatOpenAI(baseURL);
  return new GlimpRouterChatModel({ small: model, large: model, ...fields });
}

async function failure(work: () => Promise<unknown>): Promise<{ error: Error; ms: number }> {
  const start = performance.now();
  const error = await work().then(
    () => new Error("It did not fail."),
    (thrown: Error) => thrown,
  );
  return { error, ms: performance.now() - start };
}

/**
 * A call that a silent server leaves to its timeout, and by how much it was late. On a busy machine the first
 * request may take longer than a short timeout to leave.
 */
async function timedOut(
  server: SilentServer,
  call: (timeout: number) => Promise<unknown>,
): Promise<{ error: Error; lateMs: number }> {
  for (let timeout = 500; ; timeout *= 2) {
    const { error, ms } = await failure(() => call(timeout));
    if (server.paths.length > 0) return { error, lateMs: ms - timeout };
  }
}

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

async function nothingOpen(server: SilentServer): Promise<void> {
  await expect.poll(() => server.open, { timeout: SOON_MS }).toBe(0);
}

const INPUT = { messages: [new HumanMessage("hi")] };

describe("U1: timeout and signal count before the first generation request", () => {
  it("U1: with nothing listening, the default retries do not count", async () => {
    const router = routerAt(await closedBaseURL());
    const { error, ms } = await failure(() => router.invoke("hi", { timeout: 500 }));
    expect(error).toMatchObject({ name: "TimeoutError", reason: "aborted" });
    expect(GlimpRouterError.isInstance(error)).toBe(true);
    expect(ms).toBeGreaterThan(400);
    expect(ms).toBeLessThan(SOON_MS);
  });

  it.each<[string, Partial<GlimpRouterFields>]>([
    ["detection", {}],
    ["vLLM's /tokenize", { continuation: "vllm" }],
    ["vLLM's chat", { continuation: "vllm-chat" }],
    ["llama.cpp's /apply-template and /props", { continuation: "llamacpp" }],
    ["SGLang's /tokenize and habits", { continuation: "sglang" }],
  ])("U1: with a server that never answers %s, and nothing stays open", async (_what, fields) => {
    const server = await silentServer();
    const router = routerAt(server.baseURL, fields);
    const { error, lateMs } = await timedOut(server, (timeout) => router.invoke("hi", { timeout }));
    expect(error).toMatchObject({ name: "TimeoutError", reason: "aborted" });
    expect(lateMs).toBeLessThan(SOON_MS);
    await nothingOpen(server);
  });

  it("U1: a signal's own reason is the cause", async () => {
    const server = await silentServer();
    const own = new AbortController();
    const reason = new Error("no longer wanted");
    const pending = failure(() => routerAt(server.baseURL).invoke("hi", { signal: own.signal }));
    await expect.poll(() => server.open).toBe(1);
    own.abort(reason);
    const { error } = await pending;
    expect(error).toMatchObject({ name: "AbortError", message: "no longer wanted", cause: reason });
    await nothingOpen(server);
  });

  it.each<[string, (router: GlimpRouterChatModel) => Promise<void>]>([
    ["stream", async (router) => drained(await router.stream("hi", { timeout: 500 }))],
    [
      "streamEvents v2",
      async (router) => drained(router.streamEvents("hi", { version: "v2", timeout: 500 })),
    ],
    ["streamEvents", async (router) => drained(router.streamEvents("hi", { timeout: 500 }))],
  ])("U1: %s, too", async (_surface, call) => {
    const server = await silentServer();
    const { error, ms } = await failure(() => call(routerAt(server.baseURL)));
    expect(error.name).toBe("TimeoutError");
    expect(ms).toBeLessThan(SOON_MS);
    await nothingOpen(server);
  });

  it("U1: the graph, too", async () => {
    const server = await silentServer();
    const model = chatOpenAI(server.baseURL);
    const graph = glimpRouterGraph({ small: model, large: model });
    const { error, ms } = await failure(() => graph.invoke(INPUT, { timeout: 500 }));
    expect(error.name).toBe("TimeoutError");
    expect(ms).toBeLessThan(SOON_MS);
    await nothingOpen(server);
  });

  it("U1: a model's own writer that looks at no signal does not keep the caller", async () => {
    const router = routerAt("http://127.0.0.1:9/v1", {
      continuation: {
        kind: "deaf",
        open: () => new Promise(() => undefined),
        write: async function* () {},
      },
    });
    const { error, ms } = await failure(() => router.invoke("hi", { timeout: 200 }));
    expect(error.name).toBe("TimeoutError");
    expect(ms).toBeLessThan(SOON_MS);
  });

  it("U1: the doctor's limit counts while it detects", async () => {
    const server = await silentServer();
    server.answer((path) => (path === "/v1/models" ? { data: [] } : undefined));
    const model = chatOpenAI(server.baseURL);
    const { small } = await diagnose({ small: model, large: model, timeoutMs: 300 });
    const found = small.checks.find(({ id }) => id === "continuation");
    expect(found?.seen).toBe("no answer within 0.3 s");
    expect(server.paths).toContain("/version");
    await nothingOpen(server);
  });
});

describe("F1, F2: a question that several ask", () => {
  const NOTHING_LEFT = "failed at rendering the prompt";
  /** vLLM, as far as detection goes; what it is asked next is not there. */
  const isVllm = (path: string) => (path === "/version" ? { version: "0.32.0" } : null);

  it("F2: lost once, it blocks neither who asked nor a new router on the address", async () => {
    const server = await silentServer();
    const first = failure(() => routerAt(server.baseURL).invoke("hi"));
    await expect.poll(() => server.open).toBe(1);
    server.answer(isVllm);
    const second = await failure(() => routerAt(server.baseURL).invoke("hi"));
    expect(second.error.message).toContain(NOTHING_LEFT);
    expect(second.ms).toBeLessThan(SOON_MS);
    expect((await first).error.message).toContain(NOTHING_LEFT);
    expect((await first).ms).toBeLessThan(SOON_MS);
    await nothingOpen(server);
  });

  it("F2: dropped when nobody waits for it, and asked anew", async () => {
    const server = await silentServer();
    const router = routerAt(server.baseURL);
    await failure(() => router.invoke("hi", { timeout: 100 }));
    await nothingOpen(server);
    server.answer(isVllm);
    const { error, ms } = await failure(() => router.invoke("hi"));
    expect(error.message).toContain(NOTHING_LEFT);
    // Not a second: nothing of the lost question was waited for.
    expect(ms).toBeLessThan(900);
    expect(server.paths.slice(0, 3)).toEqual(["/v1/models", "/v1/models", "/version"]);
  });

  it("F1: each caller leaves alone; the question goes on for the others", async () => {
    const server = await silentServer();
    const router = routerAt(server.baseURL);
    const left = failure(() => router.invoke("hi", { timeout: 100 }));
    const stays = failure(() => router.invoke("hi"));
    expect((await left).error.name).toBe("TimeoutError");
    expect(server.open).toBe(1);
    server.answer(isVllm);
    expect((await stays).error.message).toContain(NOTHING_LEFT);
    await nothingOpen(server);
  });

  it("U1: a model with `maxRetries: 0` does not wait on another model's retries", async () => {
    const baseURL = await closedBaseURL();
    const own = new AbortController();
    const patient = routerAt(baseURL);
    const waits = failure(() => patient.invoke("hi", { signal: own.signal }));
    const model = chatOpenAI(baseURL, { maxRetries: 0 });
    const router = new GlimpRouterChatModel({ small: model, large: model });
    const { error, ms } = await failure(() => router.invoke("hi"));
    expect(error.message).toContain("failed at telling what it is");
    expect(ms).toBeLessThan(900);
    own.abort();
    expect((await waits).error.name).toBe("AbortError");
  });

  it("U1: one model in both roles, one request at a time: its question is asked once", async () => {
    const server = await silentServer();
    server.answer(isVllm);
    const model = new ChatOpenAI({
      model: "small",
      apiKey: "none",
      maxConcurrency: 1,
      configuration: { baseURL: server.baseURL },
    });
    const router = new GlimpRouterChatModel({ small: model, large: model });
    const { error } = await failure(() => router.invoke("hi"));
    expect(error.message).toContain(NOTHING_LEFT);
    expect(server.paths.filter((path) => path === "/version")).toHaveLength(1);
  });
});
