import { HumanMessage } from "@langchain/core/messages";
import { beforeAll, describe, expect, it } from "vitest";
import { llamacppWriter } from "../../../src/writers/llamacpp/llamacpp.js";
import { recordOf } from "../real-servers/reply-digest.js";
import { report } from "../real-servers/report.js";
import { runChains } from "../real-servers/run-chains.js";
import { chatOpenAI, LIMIT_MS, useLlamaPair } from "./llama-pair.js";
import { problems } from "./problems.js";
import { costFetch, isWriting, readCounters } from "./server-state.js";

const ROUNDS = 20;
/** Demanded are 50 ms; on a machine with other work, the server is asked later than that. */
const SLACK_MS = 1000;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe("what the servers themselves tell", () => {
  const { servers, router } = useLlamaPair();

  it.each(["fused", "probe"] as const)(
    "a prompt is computed once: what follows is in the cache (%s)",
    async (glimpse) => {
      const spies = { small: costFetch(), large: costFetch() };
      const model = (role: "small" | "large") =>
        chatOpenAI(servers()[role], { configuration: { fetch: spies[role].fetch } });
      const chains = router({ glimpse, small: model("small"), large: model("large") });
      const computed: number[] = [];
      for (const { prompt } of problems().slice(0, 10)) {
        await chains.invoke(prompt);
      }
      for (const { served } of Object.values(spies)) {
        for (const [index, request] of served.entries()) {
          const before = served[index - 1];
          if (before === undefined || !request.prompt.startsWith(before.prompt)) continue;
          // A character is a token of this pair; the last one is always computed anew.
          const added = request.prompt.length - before.prompt.length;
          const fresh = request.promptTokens - request.cachedTokens;
          computed.push(fresh);
          expect(fresh).toBeLessThanOrEqual(added + 1);
        }
      }
      report(`prompt tokens computed by requests that continue, ${glimpse}`, {
        requests: computed.length,
        median: median(computed),
      });
      expect(computed.length).toBeGreaterThan(5);
    },
    LIMIT_MS,
  );

  it(
    "hand-offs waste few tokens of the small model",
    async () => {
      const all = problems();
      const before = await readCounters(servers().small);
      const replies = await runChains(router(), all);
      const { generated } = await readCounters(servers().small);
      const records = replies.map((reply) => recordOf(reply));
      const smallSteps = records
        .flatMap(({ steps }) => steps)
        .filter(({ route }) => route === "small");
      const kept = smallSteps.reduce((sum, { tokens }) => sum + tokens, 0);
      const streams = records.reduce((sum, { requests }) => sum + requests.small, 0);
      const wasted = (generated - before.generated - kept) / streams;
      report("tokens of small that were generated for nothing", {
        kept,
        "per stream that was given up": wasted.toFixed(1),
      });
      // 0.1 ms for a token: many are under way when an abort arrives. Left alone, streams go on to EOS.
      expect(wasted).toBeGreaterThanOrEqual(0);
      expect(wasted).toBeLessThan(60);
    },
    LIMIT_MS,
  );
});

describe("a stream that is given up", () => {
  // 512 tokens would be over before an abort can show.
  const { servers } = useLlamaPair(
    ...["-c", "32768", "--override-kv", "llama.context_length=int:65536"],
  );

  beforeAll(() => expect(isWriting(servers().small)).resolves.toBe(false));

  it(
    "leaves the slot free at once",
    async () => {
      const { small } = servers();
      const model = chatOpenAI(small, { modelKwargs: { ignore_eos: true } });
      const writer = llamacppWriter(model, "small");
      const idleAfter: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const opening = await writer.open({
          messages: [new HumanMessage(`${20 + round}, +10, %6`)],
          thinking: { open: "<think>", close: "</think>" },
        });
        const controller = new AbortController();
        const how = { maxTokens: 30_000, topLogprobs: 20 };
        const read = async () => {
          let items = 0;
          for await (const _item of writer.write(opening, "", how, controller.signal)) {
            if (++items === 30) controller.abort();
          }
        };
        let begin = 0;
        controller.signal.addEventListener("abort", () => {
          begin = performance.now();
        });
        await expect(read()).rejects.toThrow(/abort/i);
        while (await isWriting(small)) await new Promise((resolve) => setTimeout(resolve, 2));
        idleAfter.push(performance.now() - begin);
      }
      report("aborted streams", { "ms until the slot is free": idleAfter.map(Math.round) });
      expect(median(idleAfter)).toBeLessThan(SLACK_MS);
    },
    LIMIT_MS,
  );
});
