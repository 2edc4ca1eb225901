import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GlimpRouterChatModel, onServerState, serverState } from "../../../src/index.js";
import { markCut } from "../../../src/router/cut.js";
import { FAILURES_IN_A_ROW, withBreaker } from "../../../src/writers/connection/circuit-breaker.js";
import { ServerIsOut } from "../../../src/writers/connection/server-is-out.js";
import { recordOf } from "../../langchain/record-of.js";
import { startRaw } from "../../servers/http/start-raw.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../vllm/vllm-setup.js";

const LONGEST_MS = 30_000;

/** A model's server, as the breaker sees it. */
function made() {
  const model = { caller: {} };
  let answer: () => Promise<string> = () => Promise.reject(new Error("down"));
  let asked = 0;
  const attempt = () => {
    asked++;
    return answer();
  };
  return {
    model,
    asked: () => asked,
    ask: (signal?: AbortSignal) => withBreaker(model.caller, attempt, () => true, signal),
    /** Asked for something that it refuses: no fault of the server's. */
    refuse: () => withBreaker(model.caller, attempt, () => false),
    answers: (how: () => Promise<string>) => {
      answer = how;
    },
    async fails(times: number) {
      for (let time = 0; time < times; time++) await expect(this.ask()).rejects.toThrow("down");
    },
  };
}

const up = () => Promise.resolve("up");

describe("the breaker of a model", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("lets a server alone that failed ten times in a row, then one request at a time look", async () => {
    const server = made();
    const seen: string[] = [];
    onServerState(server.model, ({ state }) => seen.push(state));
    expect(serverState(server.model)).toEqual({
      state: "closed",
      failures: 0,
      refused: 0,
      opened: 0,
    });
    await server.fails(FAILURES_IN_A_ROW);
    await expect(server.ask()).rejects.toThrow(ServerIsOut);
    await expect(server.ask()).rejects.toMatchObject({ cause: { message: "down" } });
    expect(server.asked()).toBe(FAILURES_IN_A_ROW);
    expect(serverState(server.model)).toEqual({
      state: "open",
      failures: 10,
      refused: 2,
      opened: 1,
    });

    vi.setSystemTime(Date.now() + LONGEST_MS);
    const probes = await Promise.allSettled(Array.from({ length: 50 }, () => server.ask()));
    expect(server.asked()).toBe(FAILURES_IN_A_ROW + 1);
    expect(probes.filter(({ status }) => status === "rejected")).toHaveLength(50);

    vi.setSystemTime(Date.now() + LONGEST_MS);
    server.answers(up);
    expect(await server.ask()).toBe("up");
    expect(await server.ask()).toBe("up");
    expect(seen).toEqual(["open", "half-open", "open", "half-open", "closed"]);
    expect(serverState(server.model)).toMatchObject({ state: "closed", failures: 11, opened: 2 });
  });

  it("leaves it alone for a second at least, and twice as long behind a probe that fails", async () => {
    const server = made();
    const passes = (ms: number) => vi.setSystemTime(Date.now() + ms);
    await server.fails(FAILURES_IN_A_ROW);
    for (const ms of [1_000, 2_000, 4_000]) {
      const asked = server.asked();
      passes(ms - 1);
      await expect(server.ask()).rejects.toThrow(ServerIsOut);
      expect(server.asked()).toBe(asked);
      passes(1);
      await expect(server.ask()).rejects.toThrow("down");
      expect(server.asked()).toBe(asked + 1);
    }
  });

  it("counts failures that were under way before there was one", async () => {
    const server = made();
    await Promise.allSettled(Array.from({ length: 500 }, () => server.ask()));
    expect(serverState(server.model)).toMatchObject({ state: "open", opened: 1 });
    await expect(server.ask()).rejects.toThrow(ServerIsOut);
    expect(server.asked()).toBe(500);
  });

  it("counts no refusal, none that an answer came between, and no abort but for silence", async () => {
    const server = made();
    await server.fails(FAILURES_IN_A_ROW - 1);
    await expect(server.refuse()).rejects.toThrow("down");
    await expect(server.ask(AbortSignal.abort())).rejects.toThrow("down");
    expect(serverState(server.model).state).toBe("closed");
    server.answers(up);
    await server.ask();
    server.answers(() => Promise.reject(new Error("down")));
    await server.fails(FAILURES_IN_A_ROW - 1);
    expect(serverState(server.model).state).toBe("closed");
    const silence = AbortSignal.abort(markCut(new Error("silent"), "no-first-token"));
    await expect(server.ask(silence)).rejects.toThrow("down");
    expect(serverState(server.model).state).toBe("open");
  });

  it("takes no probe that was left for an answer", async () => {
    const server = made();
    await server.fails(FAILURES_IN_A_ROW);
    vi.setSystemTime(Date.now() + LONGEST_MS);
    await expect(server.ask(AbortSignal.abort())).rejects.toThrow("down");
    expect(serverState(server.model).state).toBe("open");
    await expect(server.ask()).rejects.toThrow(ServerIsOut);
  });

  it("fails nothing by what a listener throws, and tells no one who has left", async () => {
    const server = made();
    onServerState(server.model, () => {
      throw new Error("a metric that is broken");
    });
    const left = vi.fn();
    onServerState(server.model, left)();
    await server.fails(FAILURES_IN_A_ROW);
    expect(serverState(server.model).state).toBe("open");
    expect(left).not.toHaveBeenCalled();
  });
});

describe("a router over a dead server", () => {
  it("S18: many replies ask it ten times, whichever router; small writes on where that is said, marked", async () => {
    let asked = 0;
    const dead = await startRaw((response) => {
      asked++;
      response.writeHead(503).end();
    });
    const small = chatOpenAI(await fakeVllm());
    const large = chatOpenAI(dead);
    const fields = { small, large, continuation: "vllm" } as const;
    const routers = [{}, { onFailure: { large: "other" } as const }].map(
      (more) => new GlimpRouterChatModel({ ...fields, ...more }),
    );
    const [strict, lenient] = routers as [GlimpRouterChatModel, GlimpRouterChatModel];
    for (let reply = 0; reply < FAILURES_IN_A_ROW + 5; reply++) await errorOf(strict.invoke("?"));
    expect(asked).toBe(FAILURES_IN_A_ROW);
    const error = await errorOf(strict.invoke("2+2?"));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toMatch(
      /^The large model's server at http:\S+ failed at .*: it is not asked at the moment, since its last 10 requests failed \(503/,
    );
    const message = await lenient.invoke("2+2?");
    expect(message.text).toBe(SCRIPT.answer);
    expect(recordOf(message).degraded).toEqual({ role: "large", fromStep: 1, reason: "breaker" });
    expect(asked).toBe(FAILURES_IN_A_ROW);
    expect(serverState(large)).toMatchObject({ state: "open", failures: FAILURES_IN_A_ROW });
    expect(serverState(small)).toMatchObject({ state: "closed", failures: 0 });
  });

  it("where it is prompted, too", async () => {
    const server = await fakeVllm();
    server.fail("server-error", { times: 100 });
    const model = chatOpenAI(server);
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(await fakeVllm()),
      large: model,
      continuation: { small: "vllm", large: "ask" },
      policy: () => "large",
    });
    for (let reply = 0; reply < FAILURES_IN_A_ROW; reply++) await errorOf(router.invoke("?"));
    const asked = server.requests.length;
    expect((await errorOf(router.invoke("?"))).message).toContain("not asked at the moment");
    expect(server.requests.length).toBe(asked);
    expect(serverState(model)).toMatchObject({ state: "open" });
  });
});
