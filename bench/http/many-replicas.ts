import { monitorEventLoopDelay } from "node:perf_hooks";
import { GlimpRouterChatModel } from "../../src/index.js";
import type { Bench } from "../bench.js";
import { type Balancing, balancedFetch } from "./balanced-fetch.js";
import { chatOpenAI, type StreamedReply, streamReply } from "./bench-models.js";
import type { BenchServerOptions, ServedRequest } from "./bench-server-options.js";
import { type BenchServer, startBenchServer } from "./start-bench-server.js";

const CHAINS = 1000;
/** Chains that open connections and compile code, before the clock runs. */
const WARM_UP_CHAINS = 50;
const REPLICAS = 4;
const SHAPE = { steps: 8, tokensPerStep: 12, hardEvery: 4, answerTokens: 10 };
const TOKENS = SHAPE.steps * SHAPE.tokensPerStep + SHAPE.answerTokens;
/** Over all streams, as in `http-many`: what is looked at is one process, not the server's backlog. */
const TOKENS_PER_SECOND = 4000;
const MS_PER_TOKEN = (CHAINS * 1000) / TOKENS_PER_SECOND;
const OPTIONS: BenchServerOptions = {
  shape: SHAPE,
  msPerToken: { small: MS_PER_TOKEN, large: MS_PER_TOKEN },
  msPerRequest: 30,
};
const HEADER = "x-session-id";
/** How often open sockets are counted, in ms. */
const SAMPLE_MS = 200;

/** One wave of one way. */
interface Wave extends Balancing {
  readonly seconds: number;
  readonly failed: number;
  readonly microsecondsPerToken: number;
  readonly delay99: number;
  readonly megabytes: number;
  readonly mostSockets: number;
  /** As each replica saw them. */
  readonly served: readonly (readonly ServedRequest[])[];
}

/** One router process before four replicas: what it costs, and whose cache a request meets. */
export const manyReplicas: Bench = {
  name: "http-replicas",
  about: `${CHAINS} chains at once over ${REPLICAS} replicas: CPU, sockets, and the replica that has the thought`,
  async run() {
    const servers = await Promise.all(
      Array.from({ length: REPLICAS }, () => startBenchServer(OPTIONS)),
    );
    await runWave(servers, WARM_UP_CHAINS, true);
    const without = await runWave(servers, CHAINS, false);
    const sticky = await runWave(servers, CHAINS, true);
    for (const server of servers) server.close();
    const failed = without.failed + sticky.failed;
    const share = ({ known, repeated }: Wave) => known / repeated;
    return {
      tables: [
        {
          title: `${CHAINS} chains at once, ${TOKENS} tokens each, every ${SHAPE.hardEvery}th step by large, ${REPLICAS} replicas, ${TOKENS_PER_SECOND} tokens a second in all`,
          columns: ["", "without affinity", "with"],
          rows: [
            row("seconds", without, sticky, ({ seconds }) => seconds.toFixed(1)),
            row("CPU us a token", without, sticky, (wave) => wave.microsecondsPerToken.toFixed(0)),
            row("loop delay ms, 99 %", without, sticky, ({ delay99 }) => delay99.toFixed(0)),
            row("RSS MB at the end", without, sticky, ({ megabytes }) => megabytes.toFixed(0)),
            row(
              "requests that go on with a thought",
              without,
              sticky,
              (wave) => `${wave.continued}`,
            ),
            row(
              "of their characters, at a replica that had them",
              without,
              sticky,
              (wave) => `${(100 * share(wave)).toFixed(1)} %`,
            ),
            row("most sockets open", without, sticky, ({ mostSockets }) => `${mostSockets}`),
            row("streams broken off", without, sticky, ({ served }) =>
              String(served.flat().filter(({ aborted }) => aborted).length),
            ),
            row("generation requests of each replica", without, sticky, ({ served }) =>
              served.map(({ length }) => length).join(", "),
            ),
          ],
        },
      ],
      targets: [
        {
          what: `chains that failed, of ${2 * CHAINS}`,
          target: "0",
          measured: String(failed),
          met: failed === 0,
        },
        {
          what: "with affinity, repeated characters at a replica that had them",
          target: "100 %",
          measured: `${(100 * share(sticky)).toFixed(1)} %`,
          met: sticky.known === sticky.repeated,
        },
      ],
    };
  },
};

function row(
  name: string,
  without: Wave,
  sticky: Wave,
  figure: (wave: Wave) => string,
): readonly string[] {
  return [name, figure(without), figure(sticky)];
}

/** @param sticky - the balancer heeds the header; it is there in either case, for the chains to be told apart */
async function runWave(
  servers: readonly BenchServer[],
  chains: number,
  sticky: boolean,
): Promise<Wave> {
  const replicas = servers.map(({ baseURL }) => baseURL);
  const { fetch, balancing } = balancedFetch({ replicas, header: HEADER, sticky });
  const address = { baseURL: "http://replicas/v1", client: "replicas" };
  const configuration = { baseURL: address.baseURL, fetch };
  let chain = 0;
  const router = new GlimpRouterChatModel({
    small: chatOpenAI(address, "small", { configuration }),
    large: chatOpenAI(address, "large", { configuration }),
    continuation: "vllm",
    threshold: 1,
    // The bench server knows one prompt: a hash of it would be the same for all.
    affinity: { header: HEADER, key: () => `chain ${chain++}` },
  });
  let mostSockets = 0;
  const sampler = setInterval(() => {
    mostSockets = Math.max(mostSockets, openSockets());
  }, SAMPLE_MS);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const replies = await Promise.allSettled(
    Array.from({ length: chains }, () => streamReply(router)),
  );
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  clearInterval(sampler);
  return {
    ...balancing(),
    seconds: (performance.now() - begin) / 1000,
    failed: replies.filter((reply) => !isWhole(reply)).length,
    microsecondsPerToken: (user + system) / chains / TOKENS,
    delay99: delay.percentile(99) / 1e6,
    megabytes: process.memoryUsage().rss / 2 ** 20,
    mostSockets,
    served: await Promise.all(servers.map((server) => server.report())),
  };
}

/** A chain that lost a step did fail, whatever it says. */
function isWhole(reply: PromiseSettledResult<StreamedReply>): boolean {
  return reply.status === "fulfilled" && reply.value.record?.steps.length === SHAPE.steps;
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
}
