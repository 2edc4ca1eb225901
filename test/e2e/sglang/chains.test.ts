import { describe, expect, inject, it } from "vitest";
import { expectSame, expectSameGlimpses } from "../real-servers/expect-same.js";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { spyFetch } from "../real-servers/spy-fetch.js";
import { timeUntilIdle } from "./server-loads.js";
import { useSglangPair } from "./sglang-pair.js";

const { servers, router } = useSglangPair();
const ROUNDS = 10;
/** A server that shares its cores with other work answers later than it need. */
const SLACK_MS = 2000;

const some = (share: number) => {
  const { problems } = inject("reference");
  return problems.slice(0, Math.ceil(problems.length / share));
};

/** The pair at a temperature. */
const at = (temperature: number) => ({
  small: chatOpenAI(servers().small, { temperature }),
  large: chatOpenAI(servers().large, { temperature }),
});

describe("the in-process engine's thoughts", () => {
  it.each(["fused", "probe"] as const)("16 at once, auto, %s", async (glimpse) => {
    const replies = await runChains(router({ glimpse }), some(1), 16);
    for (const reply of replies) {
      const { continuation, usage } = recordOf(reply);
      expect(continuation).toEqual({ small: "sglang", large: "sglang" });
      expect([usage.small.estimated, usage.large.estimated]).toEqual([false, false]);
    }
    expectSame(`16 at once, ${glimpse}`, replies);
  });

  it.each([0.05, 0.1, 0.6] as const)("T4: at temperature %s, fused", async (temperature) => {
    const replies = await runChains(router(at(temperature)), some(5), 8);
    expectSame(`temperature ${temperature}, fused`, replies);
  });

  it.each([1, 1.5, 2] as const)("H_init at temperature %s, fused", async (temperature) => {
    const replies = await runChains(router(at(temperature)), some(5), 8);
    expectSameGlimpses(`temperature ${temperature}, fused`, replies);
  });

  it("each prompt to a server extends the one before", async () => {
    const { small, large } = servers();
    for (const { prompt } of some(30)) {
      const spies = { small: spyFetch(), large: spyFetch() };
      const models = {
        small: chatOpenAI(small, { configuration: { fetch: spies.small.fetch } }),
        large: chatOpenAI(large, { configuration: { fetch: spies.large.fetch } }),
      };
      await router(models).invoke(prompt);
      for (const { sent } of Object.values(spies)) {
        const prompts = sent
          .filter(({ url }) => url.endsWith("/v1/completions"))
          .map(({ body }) => String(body.prompt));
        for (const [index, text] of prompts.entries()) {
          expect(text.startsWith(prompts[index - 1] ?? "")).toBe(true);
        }
      }
    }
  });
});

describe("stop strings of the answer", () => {
  it.each(["2}", "xed{", "\\boxed"])("T3: nothing is lost before %j", async (stop) => {
    const { replies: reference } = inject("reference");
    const replies = await runChains(router(at(0)).withConfig({ stop: [stop] }), some(10), 4);
    for (const [index, reply] of replies.entries()) {
      const whole = reference[index]?.answer ?? "";
      expect(reply.text).toBe(whole.includes(stop) ? whole.slice(0, whole.indexOf(stop)) : whole);
    }
  });
});

describe("a stream that is given up", () => {
  it("by the caller leaves both servers idle at once", async () => {
    const { small, large } = servers();
    const idle: number[] = [];
    for (const { prompt } of inject("reference").problems.slice(0, ROUNDS)) {
      const controller = new AbortController();
      const stream = await router().stream(prompt, { signal: controller.signal });
      const read = async () => {
        let chunks = 0;
        for await (const _chunk of stream) if (++chunks === 12) controller.abort();
      };
      await expect(read()).rejects.toThrow(/abort/i);
      idle.push(...(await Promise.all([timeUntilIdle(small), timeUntilIdle(large)])));
    }
    report("aborts by the caller", { "ms until idle": idle.map(Math.round) });
    expect(Math.max(...idle)).toBeLessThan(SLACK_MS);
  });
});
