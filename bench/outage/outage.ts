import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { GlimpRouterChatModel, onServerState, serverState } from "../../src/index.js";
import type { Bench } from "../bench.js";
import { chatOpenAI } from "../http/bench-models.js";
import type { BenchServerOptions } from "../http/bench-server-options.js";
import { startBenchServer } from "../http/start-bench-server.js";

const CHAINS = 500;
const SECONDS = 10;
const MOST_BEHIND = 20;

const HARD: BenchServerOptions = {
  shape: { steps: 4, tokensPerStep: 10, hardEvery: 2, answerTokens: 5 },
  msPerToken: { small: 5, large: 25 },
  msPerRequest: 0,
};

interface DeadServer {
  readonly baseURL: string;
  /** Requests that came. */
  readonly asked: number;
  close(): void;
}

/** Many chains, begun anew for as long as the bench runs, over a large model whose server fails each request. */
export const outage: Bench = {
  name: "outage",
  about: `${CHAINS} chains against a dead large server for ${SECONDS} s: how often it is asked`,
  async run() {
    const [up, dead] = [await startBenchServer(HARD), await startDeadServer()];
    const small = chatOpenAI({ baseURL: up.baseURL, client: "outage" }, "small");
    // By the clock of `performance.now()`. All chains begin at once, so most of what comes has been sent before anybody failed.
    const sent: number[] = [];
    const counting: typeof fetch = (...request) => {
      sent.push(performance.now());
      return fetch(...request);
    };
    // As users have it: LangChain's own retries.
    const large = chatOpenAI({ baseURL: dead.baseURL, client: "outage" }, "large", {
      maxRetries: 6,
      configuration: { baseURL: dead.baseURL, fetch: counting },
    });
    const router = new GlimpRouterChatModel({ small, large, threshold: 1, continuation: "vllm" });
    let openedAt = Number.NaN;
    const stop = onServerState(large, ({ state }) => {
      if (state === "open" && Number.isNaN(openedAt)) openedAt = performance.now();
    });
    const end = AbortSignal.timeout(SECONDS * 1_000);
    await Promise.all(
      Array.from({ length: CHAINS }, async () => {
        while (!end.aborted) {
          await router.invoke("Go.", { signal: end }).catch(() => undefined);
          await sleep(1);
        }
      }),
    );
    stop();
    const { refused, opened } = serverState(large);
    const behind = sent.filter((at) => at > openedAt).length;
    const { asked } = dead;
    dead.close();
    up.close();
    return {
      tables: [
        {
          title: `${CHAINS} chains over one large model whose server answers each request with 503, for ${SECONDS} s`,
          columns: ["", ""],
          rows: [
            ["requests that came there", String(asked)],
            ["of these, sent behind the breaker's opening", String(behind)],
            ["requests that were not made", String(refused)],
            ["times that it opened", String(opened)],
          ],
        },
      ],
      targets: [
        {
          what: "requests sent to a dead server behind its breaker's opening",
          target: `<= ${MOST_BEHIND}`,
          measured: String(behind),
          met: behind <= MOST_BEHIND && opened > 0,
        },
      ],
    };
  },
};

async function startDeadServer(): Promise<DeadServer> {
  let asked = 0;
  const server: Server = createServer((request, response) => {
    asked++;
    request.resume();
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    get asked() {
      return asked;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
