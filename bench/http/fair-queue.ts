import { GlimpRouterChatModel } from "../../src/index.js";
import type { Bench } from "../bench.js";
import { median, sum } from "../statistics.js";
import { chatOpenAI, streamReply } from "./bench-models.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import { startBenchServer } from "./start-bench-server.js";

const OPTIONS: BenchServerOptions = {
  shape: { steps: 40, tokensPerStep: 5, hardEvery: 2, answerTokens: 5 },
  msPerToken: { small: 1, large: 1 },
  // A slot is held until a stream's head is there: the queue is what a chain waits for here.
  msPerRequest: 20,
};
const AT_ONCE = 2;
const LANES = { long: 16, short: 16 } as const;
/** Of the same thought, as much as a short chain writes. */
const SHORT_TOKENS = 25;
const SECONDS = 20;
/** Each model renders the prompt, in the same queue. */
const RENDERINGS = 2;
const LEAST = 0.9;

/** Long chains and short ones, one behind the other in each of many lanes, over one pair of models with a limit of calls at once. */
export const fairQueue: Bench = {
  name: "fair-queue",
  about:
    "long and short chains over models with maxConcurrency: Jain's index of their requests a second",
  async run() {
    const server = await startBenchServer(OPTIONS);
    const address = { baseURL: server.baseURL, client: "fair" };
    const models = {
      small: chatOpenAI(address, "small", { maxConcurrency: AT_ONCE }),
      large: chatOpenAI(address, "large", { maxConcurrency: AT_ONCE }),
    };
    const long = new GlimpRouterChatModel({ ...models, threshold: 1, continuation: "vllm" });
    const short = new GlimpRouterChatModel({
      ...models,
      threshold: 1,
      continuation: "vllm",
      maxThoughtTokens: SHORT_TOKENS,
    });
    const until = performance.now() + SECONDS * 1_000;
    const [longs, shorts] = await Promise.all([
      lanes(LANES.long, () => requestsASecond(long, until)),
      lanes(LANES.short, () => requestsASecond(short, until)),
    ]);
    server.close();
    const index = jain([...longs, ...shorts]);
    return {
      tables: [
        {
          title: `${LANES.long} lanes of long chains and ${LANES.short} of short ones for ${SECONDS} s, \`maxConcurrency: ${AT_ONCE}\` at each model`,
          columns: ["", "requests a second and lane: least", "median", "most"],
          rows: [
            ["long chains", ...rangeOf(longs)],
            ["short chains", ...rangeOf(shorts)],
          ],
        },
      ],
      targets: [
        {
          what: "Jain's index over all lanes",
          target: `>= ${LEAST}`,
          measured: index.toFixed(3),
          met: index >= LEAST,
        },
      ],
    };
  },
};

function lanes(count: number, run: () => Promise<number>): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, run));
}

/** Of one lane, over whole replies: the last one is written to its end. */
async function requestsASecond(router: GlimpRouterChatModel, until: number): Promise<number> {
  let [requests, ms] = [0, 0];
  while (performance.now() < until) {
    const reply = await streamReply(router);
    if (reply.record === null) throw new Error("A reply has no record.");
    const { small, large } = reply.record.requests;
    requests += small + large + RENDERINGS;
    ms += reply.ms;
  }
  return (1_000 * requests) / ms;
}

/** (sum of x)^2 / (n times the sum of x^2): 1 where all are served alike, 1/n where one is served alone (Jain, Chiu, Hawe 1984). */
function jain(rates: readonly number[]): number {
  return sum(rates) ** 2 / (rates.length * sum(rates.map((rate) => rate ** 2)));
}

function rangeOf(rates: readonly number[]): readonly string[] {
  return [Math.min(...rates), median(rates), Math.max(...rates)].map((rate) => rate.toFixed(2));
}
