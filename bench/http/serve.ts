import { listen } from "../../src/cli/listen.js";
import type { GlimpRouterChatModel } from "../../src/index.js";
import { createHandler } from "../../src/serve/index.js";
import type { Bench } from "../bench.js";
import { median, withRange } from "../statistics.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import { IDLE_STREAMS, idleHeaps } from "./idle-streams.js";
import { routerOver } from "./router-over.js";
import { startBenchServer } from "./start-bench-server.js";

const OPTIONS: BenchServerOptions = {
  shape: { steps: 12, tokensPerStep: 10, hardEvery: 4, answerTokens: 10 },
  msPerToken: { small: 5, large: 25 },
  msPerRequest: 30,
};
/** Requests at a time, rounds, and what is asked of the ratio of tokens per second. */
const LOADS = [
  // Only these tell of the first byte, which waits for several requests of 30 ms: their noise is larger than what is looked for.
  { atOnce: 1, rounds: 15, least: 0.9 },
  { atOnce: 16, rounds: 5, least: 0.9 },
  { atOnce: 256, rounds: 3, least: 0.6 },
] as const;
const BODY = JSON.stringify({
  model: "glimprouter",
  stream: true,
  messages: [{ role: "user", content: "Go." }],
});

/** What a way of asking took: milliseconds until the first text, and until the end. */
interface Taken {
  readonly firstMs: number;
  readonly ms: number;
}
type Ask = () => Promise<Taken>;

/** The router served, against the same one called in this process. Both clients run in it, too: the served one's counts against it. */
export const serve: Bench = {
  name: "serve",
  about: "the router behind OpenAI's protocol, against the same router in this process",
  async run() {
    const server = await startBenchServer(OPTIONS);
    const router = routerOver({ baseURL: server.baseURL, client: "serve" });
    const limits = { maxConcurrency: 2 * IDLE_STREAMS };
    const handler = createHandler({ router, limits });
    const { address, close } = await listen(handler, { port: 0, host: "127.0.0.1" });
    const direct = () => askDirectly(router);
    const served = () => askBy(fetch, address);
    await Promise.all([direct(), served()]);
    const loads = [];
    for (const load of LOADS) loads.push({ ...load, ...(await compare(load, direct, served)) });
    const ask = (signal: AbortSignal) =>
      handler(new Request(requestTo("http://127.0.0.1"), { signal }));
    const idle = await idleHeaps(ask, server, OPTIONS);
    await close();
    server.close();
    const [alone] = loads;
    const busiest = loads.at(-1);
    return {
      tables: [
        {
          title: `Served over a socket / called in process, rounds in turn: ${OPTIONS.shape.steps} steps of ${OPTIONS.shape.tokensPerStep} tokens`,
          columns: ["at once", "tokens a second", "CPU", "first byte, ms more"],
          rows: loads.map(({ atOnce, speed, cpu, firstMs }) => [
            String(atOnce),
            withRange(speed),
            withRange(cpu),
            withRange(firstMs, 1),
          ]),
        },
        {
          title: `${IDLE_STREAMS} streams that stand still: heap after collections`,
          columns: ["because", "open", "MB in all", "MB more in 10 s"],
          rows: idle.map(({ what, open, heapMB, growth }) => [
            what,
            String(open),
            heapMB.toFixed(1),
            growth.toFixed(2),
          ]),
        },
      ],
      targets: [
        ...loads.map(({ atOnce, least, speed }) => ({
          what: `tokens a second with ${atOnce} at once, served / in process`,
          target: `>= ${least}`,
          measured: median(speed).toFixed(2),
          met: median(speed) >= least,
        })),
        atMost("first byte, ms later", 5, median(alone?.firstMs ?? [])),
        atMost(
          "CPU a token with 256 at once, served and its client / in process",
          1.5,
          median(busiest?.cpu ?? []),
        ),
        ...idle.map(({ what, growth }) =>
          atMost(`heap growth of ${IDLE_STREAMS} streams in 10 s, MB: ${what}`, 0.5, growth),
        ),
      ],
    };
  },
};

function atMost(what: string, most: number, measured: number) {
  return { what, target: `<= ${most}`, measured: measured.toFixed(2), met: measured <= most };
}

/** In turn, so that what else the machine does meets both. */
async function compare(
  { atOnce, rounds }: (typeof LOADS)[number],
  direct: Ask,
  served: Ask,
): Promise<{ speed: number[]; cpu: number[]; firstMs: number[] }> {
  const found = { speed: [] as number[], cpu: [] as number[], firstMs: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const [before, after] = [await waveOf(atOnce, direct), await waveOf(atOnce, served)];
    found.speed.push(before.ms / after.ms);
    found.cpu.push(after.cpu / before.cpu);
    found.firstMs.push(after.firstMs - before.firstMs);
  }
  return found;
}

/** The same tokens each time: as many a second as the time is short. */
async function waveOf(atOnce: number, ask: Ask) {
  const [since, cpu] = [performance.now(), process.cpuUsage()];
  const taken = await Promise.all(Array.from({ length: atOnce }, ask));
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - since,
    cpu: user + system,
    firstMs: median(taken.map(({ firstMs }) => firstMs)),
  };
}

async function askDirectly(router: GlimpRouterChatModel): Promise<Taken> {
  const since = performance.now();
  let firstMs = 0;
  for await (const _ of await router.stream("Go.")) firstMs ||= performance.now() - since;
  return { firstMs, ms: performance.now() - since };
}

async function askBy(fetcher: typeof fetch, address: string): Promise<Taken> {
  const since = performance.now();
  const { body } = await fetcher(requestTo(address));
  const reader = body?.getReader();
  let [firstMs, text] = [0, ""];
  const decoder = new TextDecoder();
  for (let item = await reader?.read(); item?.done === false; item = await reader?.read()) {
    firstMs ||= performance.now() - since;
    text = decoder.decode(item.value);
  }
  if (!text.endsWith("data: [DONE]\n\n")) throw new Error(`A reply broke off: ${text}`);
  return { firstMs, ms: performance.now() - since };
}

function requestTo(address: string): Request {
  const headers = { "content-type": "application/json" };
  return new Request(`${address}/v1/chat/completions`, { method: "POST", headers, body: BODY });
}
