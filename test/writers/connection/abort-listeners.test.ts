import { getEventListeners, setMaxListeners } from "node:events";
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
  // Node warns of ten listeners at once, which calls side by side may well have.
  setMaxListeners(0, signal);
  return { signal, added: vi.spyOn(signal, "addEventListener") };
}

function routerOver(server: FakeVllm): GlimpRouterChatModel {
  const models = { small: chatOpenAI(server), large: chatOpenAI(server) };
  return new GlimpRouterChatModel({ ...models, threshold: 1 });
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
      // It was listened to, or nothing was shown.
      expect(added.mock.calls.length).toBeGreaterThanOrEqual(wave * CALLS_PER_WAVE);
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
