import { beforeAll, describe, expect, inject, it } from "vitest";
import { expectSame } from "../real-servers/expect-same.js";
import { pausingWriter } from "../real-servers/pausing-writer.js";
import { type Reply, recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI } from "../real-servers/server-pair.js";
import { spyFetch } from "../real-servers/spy-fetch.js";
import { type ModeCost, measureModes } from "./measure-modes.js";
import { cacheShare, readSettledMetrics, since, timeUntilIdle } from "./server-metrics.js";
import { useVllmPair } from "./vllm-pair.js";

const { servers, router } = useVllmPair();
const ROUNDS = 20;
/** Demanded are 50 ms; a server that shares its cores with other work answers /metrics later than that. */
const SLACK_MS = 1000;

/** Sums one number over the routing records of replies. */
function total(
  replies: readonly Reply[],
  value: (record: ReturnType<typeof recordOf>) => number,
): number {
  return replies.reduce((sum, reply) => sum + value(recordOf(reply)), 0);
}

const requests = ({ replies }: ModeCost) =>
  total(replies, ({ requests: { small, large } }) => small + large);
const stepsOf = (replies: readonly Reply[], route: "small" | "large") =>
  total(replies, ({ steps }) => steps.filter((step) => step.route === route).length);

/** Enough for ratios and shares; every problem is answered below, many at once. */
const ONE_AT_A_TIME = 60;

describe("one chain at a time", () => {
  let fused: ModeCost;
  let probe: ModeCost;
  let largeOnly: ModeCost;

  beforeAll(async () => {
    const modes = {
      fused: router({ glimpse: "fused" }),
      probe: router({ glimpse: "probe" }),
      largeOnly: chatOpenAI(servers().large, { maxTokens: 400 }),
    };
    const some = inject("reference").problems.slice(0, ONE_AT_A_TIME);
    ({ fused, probe, largeOnly } = await measureModes(servers(), modes, some));
  });

  it("auto finds vllm, and fused writes the thoughts of the in-process engine", () => {
    for (const reply of fused.replies) {
      expect(recordOf(reply).continuation).toEqual({ small: "vllm", large: "vllm" });
    }
    expectSame("own template, vllm, fused", fused.replies);
  });

  it("probe writes them, too", () => {
    expectSame("own template, vllm, probe", probe.replies);
  });

  it("fused needs at most 2n + 2 requests where large writes n steps, probe 2 per step and 1", () => {
    for (const reply of fused.replies) {
      const { steps, requests: sent } = recordOf(reply);
      const byLarge = steps.filter(({ route }) => route === "large").length;
      expect(sent.small + sent.large).toBeLessThanOrEqual(2 * byLarge + 2);
    }
    const steps = total(probe.replies, (record) => record.steps.length);
    expect(requests(probe)).toBeGreaterThanOrEqual(2 * steps);
    const bound = 2 * stepsOf(fused.replies, "large") + 2 * fused.replies.length;
    report("one chain at a time", {
      problems: fused.replies.length,
      "steps, by large": [steps, stepsOf(fused.replies, "large")],
      "requests fused, probe": [requests(fused), requests(probe)],
      "requests fused : probe": (requests(fused) / requests(probe)).toFixed(3),
      "(2n + 2) : (2 steps + 1)": (bound / (2 * steps + probe.replies.length)).toFixed(3),
      "ms fused, probe, large only": [fused.ms, probe.ms, largeOnly.ms].map(Math.round),
      "wall fused : probe": (fused.ms / probe.ms).toFixed(3),
      "wall fused : large only": (fused.ms / largeOnly.ms).toFixed(3),
    });
  });

  it("hardly a token is read and thrown away but the glimpses that go to large", () => {
    const seen = (name: string, cost: ModeCost) => {
      const kept = total(cost.replies, ({ steps }) =>
        steps.reduce((sum, { route, tokens }) => sum + (route === "small" ? tokens : 0), 0),
      );
      const received = total(cost.replies, ({ usage }) => usage.small.output_tokens);
      const { generatedTokens: generated } = cost.small;
      report(`tokens of small, ${name}`, { kept, received, generated });
      return { dropped: received - kept, unread: generated - received };
    };
    seen("probe", probe);
    const { dropped, unread } = seen("fused", fused);
    const handoffs = stepsOf(fused.replies, "large");
    // Behind each glimpse that goes to large, and behind each closing tag, a stream is given up.
    const givenUp = handoffs + fused.replies.length;
    report("wasted tokens per stream that was given up", {
      read: ((dropped - handoffs) / givenUp).toFixed(2),
      unread: (unread / givenUp).toFixed(2),
    });
    expect(dropped).toBeGreaterThanOrEqual(handoffs);
    expect((dropped - handoffs) / givenUp).toBeLessThan(3);
    expect(unread).toBeGreaterThanOrEqual(0);
  });

  it("usage is the servers' own, also that of streams that were given up", () => {
    for (const { replies, small, large } of [fused, probe]) {
      for (const role of ["small", "large"] as const) {
        const server = role === "small" ? small : large;
        expect(replies.some((reply) => recordOf(reply).usage[role].estimated)).toBe(false);
        const prompts = total(replies, ({ usage }) => usage[role].input_tokens);
        expect(prompts).toBe(server.promptTokens);
      }
    }
  });

  it("prefix caches hit", () => {
    const shares = Object.entries({ fused, probe }).map(([name, { cold }]) => [
      name,
      { small: cacheShare(cold.small).toFixed(3), large: cacheShare(cold.large).toFixed(3) },
    ]);
    report("share of prompt tokens from the prefix cache (block 32)", Object.fromEntries(shares));
    for (const { cold } of [fused, probe]) {
      expect(cacheShare(cold.small)).toBeGreaterThan(0.1);
      expect(cacheShare(cold.large)).toBeGreaterThan(0.1);
    }
  });
});

describe("many chains and other ways", () => {
  it.each([
    ["vllm", "fused"],
    ["vllm", "probe"],
    ["vllm-chat", "fused"],
    ["vllm-chat", "probe"],
  ] as const)("16 at once are the same: %s, %s", async (continuation, glimpse) => {
    const { problems } = inject("reference");
    const replies = await runChains(router({ continuation, glimpse }), problems, 16);
    expectSame(`16 at once, ${continuation}, ${glimpse}`, replies);
  });

  it.each(["fused", "probe"] as const)(
    "each prompt to a server extends the one before, %s",
    async (glimpse) => {
      const { small, large } = servers();
      for (const { prompt } of inject("reference").problems.slice(0, 20)) {
        const spies = { small: spyFetch(), large: spyFetch() };
        const models = {
          small: chatOpenAI(small, { configuration: { fetch: spies.small.fetch } }),
          large: chatOpenAI(large, { configuration: { fetch: spies.large.fetch } }),
        };
        await router({ glimpse, ...models }).invoke(prompt);
        for (const { sent } of Object.values(spies)) {
          const prompts = sent
            .filter(({ url }) => url.endsWith("/v1/completions"))
            .map(({ body }) => String(body.prompt));
          expect(prompts.length).toBeGreaterThan(0);
          prompts.forEach((text, index) => {
            expect(text.startsWith(prompts[index - 1] ?? "")).toBe(true);
          });
        }
      }
    },
  );
});

/** Tokens that a stream still has to go when its second step begins, were it not for the abort: nearly all of 512. */
const LEFT_ALONE = 400;

/** Four operations, another tape for each round. */
function longTape(round: number): string {
  return `${20 + round}, +10, +20, -10, +30`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe("a stream that is given up", () => {
  it("at a hand-off leaves small idle at once", async () => {
    const { small } = servers();
    const idle: number[] = [];
    const unread: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const aborts: Promise<number>[] = [];
      const { fetch } = spyFetch(() => aborts.push(timeUntilIdle(small)));
      const model = router({
        // Left alone, the stream would go on to the end of the context.
        small: chatOpenAI(small, { configuration: { fetch }, modelKwargs: { ignore_eos: true } }),
        continuation: { small: "vllm", large: pausingWriter(2 * SLACK_MS) },
        maxAnswerTokens: 16,
        policy: (_glimpse, { step }) => (step === 2 ? "large" : "small"),
      });
      const before = await readSettledMetrics(small);
      const { usage } = recordOf(await model.invoke(longTape(round)));
      const { generatedTokens } = since(before, await readSettledMetrics(small));
      expect(aborts).toHaveLength(1);
      idle.push(...(await Promise.all(aborts)));
      unread.push(generatedTokens - usage.small.output_tokens);
    }
    report("hand-offs", { "ms until idle": idle.map(Math.round), "tokens unread": unread });
    expect(median(idle)).toBeLessThan(SLACK_MS);
    expect(median(unread)).toBeLessThan(LEFT_ALONE / 2);
  });

  it("by the caller leaves both idle at once", async () => {
    const { small, large } = servers();
    const idle: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const controller = new AbortController();
      const { prompt } = inject("reference").problems[round] ?? { prompt: longTape(round) };
      const stream = await router().stream(prompt, { signal: controller.signal });
      const read = async () => {
        let chunks = 0;
        for await (const _chunk of stream) if (++chunks === 12) controller.abort();
      };
      await expect(read()).rejects.toThrow(/abort/i);
      idle.push(...(await Promise.all([timeUntilIdle(small), timeUntilIdle(large)])));
    }
    report("aborts by the caller", { "ms until idle": idle.map(Math.round) });
    expect(median(idle)).toBeLessThan(SLACK_MS);
  });
});
