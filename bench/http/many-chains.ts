import type { Bench } from "../bench.js";
import { collectGarbage } from "../collect-garbage.js";
import { type StreamedReply, streamReply } from "./bench-models.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import { routerOver } from "./router-over.js";
import { startBenchServer } from "./start-bench-server.js";

const OPTIONS: BenchServerOptions = {
  shape: { steps: 12, tokensPerStep: 10, hardEvery: 4, answerTokens: 10 },
  msPerToken: { small: 5, large: 25 },
  msPerRequest: 30,
};
const CHAINS = 500;
const WAVES = 8;
/** Waves that fill caches and pools; what counts is the growth behind them. */
const WARM_UPS = 3;
/** Growth of the heap per wave that is still called flat: a tenth of a kilobyte a chain, give or take. */
const FLAT_MEGABYTES = 0.5;

interface Wave {
  readonly seconds: number;
  readonly failed: number;
  readonly heapMegabytes: number;
  readonly rssMegabytes: number;
}

/** Hundreds of chains at once in one process: no errors, and no memory that stays. */
export const manyChains: Bench = {
  name: "http-chains",
  about: `${CHAINS} concurrent chains in one process: errors, memory after each wave`,
  async run() {
    const server = await startBenchServer(OPTIONS);
    const router = routerOver({ baseURL: server.baseURL, client: "chains" });
    const waves: Wave[] = [];
    for (let wave = 0; wave < WAVES; wave++) {
      waves.push(await runWave(() => streamReply(router)));
      await server.report();
    }
    server.close();
    const growth = growthPerWave(waves.slice(WARM_UPS - 1));
    const failed = waves.reduce((sum, wave) => sum + wave.failed, 0);
    return {
      tables: [
        {
          title: `Waves of ${CHAINS} chains at once: ${OPTIONS.shape.steps} steps of ${OPTIONS.shape.tokensPerStep} tokens, every ${OPTIONS.shape.hardEvery}th hard; memory after a collection`,
          columns: ["wave", "seconds", "failed", "heap MB", "RSS MB"],
          rows: waves.map(({ seconds, failed, heapMegabytes, rssMegabytes }, index) => [
            `${index + 1}${index < WARM_UPS ? " (warm-up)" : ""}`,
            seconds.toFixed(1),
            String(failed),
            heapMegabytes.toFixed(1),
            rssMegabytes.toFixed(0),
          ]),
        },
      ],
      targets: [
        {
          what: `chains that failed, of ${CHAINS * WAVES}`,
          target: "0",
          measured: String(failed),
          met: failed === 0,
        },
        {
          what: `heap growth a wave after ${WARM_UPS} waves, MB`,
          target: `<= ${FLAT_MEGABYTES}`,
          measured: growth.toFixed(2),
          met: growth <= FLAT_MEGABYTES,
        },
      ],
    };
  },
};

async function runWave(runChain: () => Promise<StreamedReply>): Promise<Wave> {
  const begin = performance.now();
  const replies = await Promise.allSettled(Array.from({ length: CHAINS }, runChain));
  const seconds = (performance.now() - begin) / 1000;
  const failed = replies.filter((reply) => !isWhole(reply));
  const reason = failed.find((reply) => reply.status === "rejected")?.reason;
  if (reason !== undefined) console.error(`One of ${failed.length} failures: ${reason}`);
  const { heapUsed, rss } = await collectGarbage();
  return {
    seconds,
    failed: failed.length,
    heapMegabytes: heapUsed / 2 ** 20,
    rssMegabytes: rss / 2 ** 20,
  };
}

/** A chain that lost a step did fail, whatever it says. */
function isWhole(reply: PromiseSettledResult<StreamedReply>): boolean {
  return reply.status === "fulfilled" && reply.value.record?.steps.length === OPTIONS.shape.steps;
}

/** From the first of the waves to the last. */
function growthPerWave(waves: readonly Wave[]): number {
  const [first, last] = [waves[0], waves.at(-1)];
  if (first === undefined || last === undefined) return Number.NaN;
  return (last.heapMegabytes - first.heapMegabytes) / (waves.length - 1);
}
