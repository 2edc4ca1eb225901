import { setMaxListeners } from "node:events";
import type { Bench, BenchResult } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { streamReply } from "../http/bench-models.js";
import type { BenchServerOptions } from "../http/bench-server-options.js";
import { routerOver } from "../http/router-over.js";
import { startBenchServer } from "../http/start-bench-server.js";
import { type SoakChains, type SoakPlan, soakChains } from "./soak-chains.js";
import { type SoakSample, SoakSamples, slopePerMinute } from "./soak-samples.js";

const SHAPE = { steps: 8, tokensPerStep: 8, hardEvery: 4, answerTokens: 8 };
const TOKENS = SHAPE.steps * SHAPE.tokensPerStep + SHAPE.answerTokens;
const FAULTS = { share: 0.02, seed: 1 };
const USUAL = { chains: 1_000, seconds: 300 };
/** As many tokens a second, over all chains, as leave the client's loop some time. */
const TOKENS_PER_SECOND = 2_000;
/** Growth of the heap a minute that is still called flat, in MB. */
const FLAT_MEGABYTES = 2;
/** What runs at a moment takes a megabyte more or less: in shorter runs, in seconds, that is all that shows. */
const LONG_ENOUGH = 120;
/** LangChain's own. */
const RETRIES = 6;

/** Hundreds of chains for minutes, while servers fail now and then. */
export const soak: Bench = {
  name: "soak",
  about: `${USUAL.chains} chains at once for ${USUAL.seconds} s with ${100 * FAULTS.share} % of faults (--chains, --seconds): wrong, hung, lost, what grows`,
  isLong: true,
  async run(settings) {
    const { chains, seconds } = { ...USUAL, ...settings };
    const server = await startBenchServer(optionsOf(chains));
    const { small, large } = optionsOf(chains).msPerToken;
    const fields = { firstTokenTimeoutMs: silenceMs(large), stallTimeoutMs: silenceMs(large) };
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const router = routerOver({ baseURL: server.baseURL, client: "soak" }, fields, {
      maxRetries: RETRIES,
    });
    const whole = await streamReply(router, "Go.", signal);
    await server.configure({ ...optionsOf(chains), faults: FAULTS });
    const samples = new SoakSamples(signal, seconds);
    const nominalMs = TOKENS * small;
    const patienceMs = 60_000 + 10 * nominalMs;
    const plan: SoakPlan = { router, chains, seconds, patienceMs, whole, signal };
    const warnings: string[] = [];
    const warn = ({ name }: Error) => void warnings.push(name);
    process.on("warning", warn);
    samples.start();
    const done = await soakChains(plan);
    await samples.stop();
    const last = await samples.take();
    samples.delay.disable();
    process.off("warning", warn);
    server.close();
    return resultOf(plan, done, samples, last, warnings);
  },
};

function optionsOf(chains: number): BenchServerOptions {
  const msPerToken = Math.max(5, (chains / TOKENS_PER_SECOND) * 1_000);
  return {
    shape: SHAPE,
    msPerToken: { small: msPerToken, large: msPerToken },
    msPerRequest: 10,
  };
}

/** Silence that is taken for a cut: as many tokens as never come late by themselves. */
function silenceMs(msPerToken: number): number {
  return Math.round(Math.max(3_000, 20 * msPerToken));
}

function resultOf(
  { chains, seconds }: SoakPlan,
  { ends, notes }: SoakChains,
  { samples, settled, delay }: SoakSamples,
  last: SoakSample,
  warnings: readonly string[],
): BenchResult {
  for (const note of notes) console.error(note);
  const heap = slopePerMinute(settled, "heapMegabytes");
  const sockets = slopePerMinute(settled, "sockets");
  const most = Math.max(...samples.map(({ listeners }) => listeners));
  const all = ends.right + ends.wrong + ends.lost + ends.hung;
  const p99 = delay.percentile(99) / 1e6;
  const rows = [
    ["chains that ended", String(all)],
    ["right", String(ends.right)],
    ["of these with a stream that was cut and gone on with", String(ends.gone_on)],
    ["of these gone on with by `error.resume`", String(ends.resumed)],
    ["event loop's delay behind the warm-up, p99, ms", p99.toFixed(0)],
    ["event loop's delay, most, ms", (delay.max / 1e6).toFixed(0)],
    ["heap, growth a minute, MB", heap.toFixed(2)],
    ["sockets, growth a minute", sockets.toFixed(1)],
    ["sockets, most", String(Math.max(...samples.map((sample) => sample.sockets)))],
    ["listeners on the shared signal, most", String(most)],
    ["warnings of Node's", warnings.length === 0 ? "none" : warnings.join(", ")],
  ];
  const title = `${chains} chains at once for ${seconds} s, ${100 * FAULTS.share} % of requests fail`;
  const targets: Target[] = [
    counted("wrong texts", ends.wrong),
    counted("hung chains", ends.hung),
    counted("lost chains: neither right nor gone on with by `error.resume`", ends.lost),
    counted("listeners on the shared signal behind the end", last.listeners),
    counted("warnings of Node's", warnings.length),
    {
      what: "listeners on it, at most one a chain",
      target: `<= ${chains}`,
      measured: String(most),
      met: most <= chains,
    },
    ...(seconds < LONG_ENOUGH ? [] : [flatHeap(heap)]),
  ];
  return { tables: [{ title, columns: ["", ""], rows }, samplesTable(samples)], targets };
}

function flatHeap(growth: number): Target {
  return {
    what: "heap behind the warm-up, growth a minute, MB",
    target: `<= ${FLAT_MEGABYTES}`,
    measured: growth.toFixed(2),
    met: growth <= FLAT_MEGABYTES,
  };
}

function counted(what: string, count: number): Target {
  return { what, target: "0", measured: String(count), met: count === 0 };
}

function samplesTable(samples: readonly SoakSample[]): BenchTable {
  return {
    title: "Now and then, behind a collection",
    columns: ["seconds", "heap MB", "sockets", "listeners"],
    rows: samples.map(({ seconds, heapMegabytes, sockets, listeners }) => [
      seconds.toFixed(0),
      heapMegabytes.toFixed(1),
      String(sockets),
      String(listeners),
    ]),
  };
}
