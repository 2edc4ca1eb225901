import { getEventListeners, setMaxListeners } from "node:events";
import type { Bench } from "../bench.js";
import { collectGarbage } from "../collect-garbage.js";
import { streamReply } from "./bench-models.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import { routerOver } from "./router-over.js";
import { startBenchServer } from "./start-bench-server.js";

const OPTIONS: BenchServerOptions = {
  shape: { steps: 4, tokensPerStep: 3, hardEvery: 4, answerTokens: 2 },
  msPerToken: { small: 0, large: 0 },
  msPerRequest: 0,
};
const CALLS = 10_000;
const CALLS_PER_LOOK = 1000;
const AT_ONCE = 20;

interface Look {
  readonly calls: number;
  readonly listeners: number;
  readonly heapMegabytes: number;
}

/** A server of the user's has one signal for its whole life: no call may leave a listener on it. */
export const longLivedSignal: Bench = {
  name: "http-signal",
  about: `${CALLS} calls on one AbortSignal: listeners and memory`,
  async run() {
    const server = await startBenchServer(OPTIONS);
    const router = routerOver({ baseURL: server.baseURL, client: "signal" });
    const { signal } = new AbortController();
    // Node warns of ten at once, which calls side by side may well have.
    setMaxListeners(0, signal);
    const looks: Look[] = [];
    for (let calls = 0; calls < CALLS; calls += CALLS_PER_LOOK) {
      for (let done = 0; done < CALLS_PER_LOOK; done += AT_ONCE) {
        const call = () => streamReply(router, "Go.", signal);
        await Promise.all(Array.from({ length: AT_ONCE }, call));
      }
      await server.report();
      const { heapUsed } = await collectGarbage();
      const listeners = getEventListeners(signal, "abort").length;
      looks.push({ calls: calls + CALLS_PER_LOOK, listeners, heapMegabytes: heapUsed / 2 ** 20 });
    }
    server.close();
    return resultOf(looks);
  },
};

function resultOf(looks: readonly Look[]) {
  const most = Math.max(...looks.map(({ listeners }) => listeners));
  return {
    tables: [
      {
        title: `Calls on one signal, ${AT_ONCE} at once, each with a step by large and two aborted streams`,
        columns: ["calls", "listeners", "heap MB"],
        rows: looks.map(({ calls, listeners, heapMegabytes }) => [
          String(calls),
          String(listeners),
          heapMegabytes.toFixed(1),
        ]),
      },
    ],
    targets: [
      {
        what: `listeners on the signal between calls, at most, over ${CALLS} calls`,
        target: "0",
        measured: String(most),
        met: most === 0,
      },
    ],
  };
}
