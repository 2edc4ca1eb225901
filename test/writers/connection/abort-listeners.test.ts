import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import type { FakeVllm } from "../../servers/fake-vllm/start-fake-vllm.js";
import type { ScriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm } from "../vllm/vllm-setup.js";

/** As short as a thought with an aborted stream can be: the calls are many. */
const ONE_HARD_STEP: ScriptedThought = { steps: [{ text: "Hm.", entropy: 2 }], answer: "Four." };
const WAVES = 5;
const CALLS_PER_WAVE = 25;
/** More than a thousand small requests: seconds, but not where the machine is busy. */
const TIMEOUT_MS = 120_000;

/** A signal as an app has it for its whole life, and how often somebody listened to it. */
function longLivedSignal() {
  const { signal } = new AbortController();
  return { signal, added: vi.spyOn(signal, "addEventListener") };
}

function routerOver(server: FakeVllm): GlimpRouterChatModel {
  const models = { small: chatOpenAI(server), large: chatOpenAI(server) };
  return new GlimpRouterChatModel({ ...models, threshold: 1, onFailure: { small: "throw" } });
}

describe("a caller's long-lived AbortSignal", () => {
  it("has no listener left after any wave of calls, each with a stream that is aborted", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const server = await fakeVllm({ script: ONE_HARD_STEP });
    const router = routerOver(server);
    const { signal, added } = longLivedSignal();
    for (let wave = 1; wave <= WAVES; wave++) {
      const call = () => router.invoke("2+2?", { signal });
      const replies = await Promise.all(Array.from({ length: CALLS_PER_WAVE }, call));
      expect(new Set(replies.map(({ text }) => text))).toEqual(new Set(["Four."]));
      // It was listened to, or nothing was shown; once for all that ran side by side.
      expect(added.mock.calls.length).toBeGreaterThanOrEqual(wave);
      expect(getEventListeners(signal, "abort")).toEqual([]);
    }
    await server.idle();
    const aborted = server.requests.filter((request) => request.aborted);
    expect(aborted.length).toBeGreaterThanOrEqual(WAVES * CALLS_PER_WAVE);
  });

  it("has none left by calls that fail, and by readers that leave", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const server = await fakeVllm();
    const router = routerOver(server);
    const { signal, added } = longLivedSignal();
    for (let call = 0; call < 5; call++) {
      server.fail("error-in-stream", { path: "/v1/completions" });
      await expect(router.invoke("2+2?", { signal })).rejects.toMatchObject({ role: "small" });
      for await (const _chunk of await router.stream("2+2?", { signal })) break;
    }
    expect(added.mock.calls.length).toBeGreaterThanOrEqual(10);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

/** Runs a hundred at once on one signal; the warnings of Node meanwhile, and the most listeners there were. */
async function hundredAtOnce(run: (signal: AbortSignal) => Promise<unknown>) {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on("warning", onWarning);
  const { signal, added } = longLivedSignal();
  let most = 0;
  added.mockImplementation((...args: Parameters<AbortSignal["addEventListener"]>) => {
    EventTarget.prototype.addEventListener.apply(signal, args);
    most = Math.max(most, getEventListeners(signal, "abort").length);
  });
  await run(signal);
  // Warnings come a tick later.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", onWarning);
  return { warnings, most, left: getEventListeners(signal, "abort").length };
}

describe("L13: a hundred calls at once on one signal", () => {
  const QUESTIONS = Array.from({ length: 100 }, () => "2+2?");
  const RUNS: Readonly<
    Record<string, (router: GlimpRouterChatModel, signal: AbortSignal) => Promise<unknown>>
  > = {
    batch: (router, signal) => router.batch(QUESTIONS, { signal }),
    "batch of a bound router": (router, signal) =>
      router.bindTools([]).batch(QUESTIONS, { signal }),
    stream: (router, signal) =>
      Promise.all(
        QUESTIONS.map(async (question) => {
          for await (const _chunk of await router.stream(question, { signal }));
        }),
      ),
    "streamEvents v2": (router, signal) =>
      Promise.all(
        QUESTIONS.map(async (question) => {
          for await (const _event of router.streamEvents(question, { signal, version: "v2" }));
        }),
      ),
    "streamEvents without version": (router, signal) =>
      Promise.all(QUESTIONS.map((question) => router.streamEvents(question, { signal }).output)),
  };

  it.each(Object.entries(RUNS))(
    "warn of nothing, and leave no listener: %s",
    {
      timeout: TIMEOUT_MS,
    },
    async (_name, run) => {
      const server = await fakeVllm({ script: ONE_HARD_STEP });
      const seen = await hundredAtOnce((signal) => run(routerOver(server), signal));
      expect(seen).toEqual({ warnings: [], most: expect.any(Number), left: 0 });
      expect(seen.most).toBeGreaterThan(0);
      expect(seen.most).toBeLessThanOrEqual(2);
    },
  );
});
