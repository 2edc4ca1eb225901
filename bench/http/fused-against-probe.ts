import type { Bench, BenchResult } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { median, quantile, sum, withRange } from "../statistics.js";
import { type BenchAddress, chatOpenAI, type StreamedReply, streamReply } from "./bench-models.js";
import type { BenchServerOptions, ServedRequest } from "./bench-server-options.js";
import { routerOver } from "./router-over.js";
import { startBenchServer } from "./start-bench-server.js";

const OPTIONS: BenchServerOptions = {
  shape: { steps: 40, tokensPerStep: 30, hardEvery: 4, answerTokens: 20 },
  msPerToken: { small: 5, large: 25 },
  msPerRequest: 30,
};
const REPEATS = 10;
/** Replies of each way side by side: a chain waits nearly all of its time. */
const AT_ONCE = 2;

interface WayOfAsking {
  readonly name: string;
  readonly replies: StreamedReply[];
  readonly requests: ServedRequest[];
  ask(address: BenchAddress): Promise<StreamedReply>;
}

/** Requests and wall time of the fused glimpse, against probes, and against the large model alone. */
export const fusedAgainstProbe: Bench = {
  name: "http-wall",
  about: "fused, probe and large alone over a fake vLLM server: requests, wall time, wasted tokens",
  async run() {
    const fused = wayOfAsking("fused", (address) => streamReply(routerOver(address)));
    const probe = wayOfAsking("probe", (address) =>
      streamReply(routerOver(address, { glimpse: "probe" })),
    );
    const alone = wayOfAsking("large alone, one call", (address) =>
      streamReply(chatOpenAI(address, "large")),
    );
    await measure([fused, probe, alone]);
    checkSame(fused, probe);
    return resultOf(fused, probe, alone);
  },
};

function wayOfAsking(name: string, ask: WayOfAsking["ask"]): WayOfAsking {
  return { name, ask, replies: [], requests: [] };
}

/** All ways at the same time: what slows the machine down slows them all. */
async function measure(ways: readonly WayOfAsking[]): Promise<void> {
  const server = await startBenchServer(OPTIONS);
  const askOnce = async ({ name, ask, replies }: WayOfAsking): Promise<void> => {
    replies.push(await ask({ baseURL: server.baseURL, client: name }));
  };
  for (let done = 0; done < REPEATS; done += AT_ONCE) {
    const wave = Array.from({ length: AT_ONCE }, () => ways.map(askOnce));
    await Promise.all(wave.flat());
  }
  const requests = await server.report();
  for (const way of ways) {
    way.requests.push(...requests.filter(({ client }) => client === way.name));
  }
  server.close();
}

/** Two ways of glimpsing are compared only where they think the same. */
function checkSame(fused: WayOfAsking, probe: WayOfAsking): void {
  const seen = new Set(
    [...fused.replies, ...probe.replies].map(({ text, thought, record }) =>
      JSON.stringify([text, thought, record?.steps.map(({ route }) => route)]),
    ),
  );
  if (seen.size !== 1) throw new Error(`Expected one text and one route, got ${seen.size}.`);
}

function resultOf(fused: WayOfAsking, probe: WayOfAsking, alone: WayOfAsking): BenchResult {
  const ways = [fused, probe, alone];
  const requests = requestsOf(fused) / requestsOf(probe);
  const times = timesAgainst(fused, probe);
  const handOffs = fused.requests.filter(({ msToAbort }) => msToAbort !== null);
  const wasted = handOffs.map(({ tokensWasted }) => tokensWasted);
  const delays = handOffs.map(({ msToAbort }) => msToAbort ?? 0);
  const targets: readonly Target[] = [
    target("requests, fused / probe", 0.35, requests),
    target("wall time, fused / probe", 0.9, median(times)),
    target("ms from a glimpse to the abort at the server, 95 %", 50, quantile(delays, 0.95)),
    target("tokens wasted at an abort, on average (small: 5 ms a token)", 3, average(wasted)),
  ];
  return { tables: [wallTable(ways, times), abortTable(wasted, delays)], targets };
}

function wallTable(ways: readonly WayOfAsking[], times: readonly number[]): BenchTable {
  const { shape, msPerToken, msPerRequest } = OPTIONS;
  const slowest = ways.at(-1);
  return {
    title: `${shape.steps} steps of ${shape.tokensPerStep} tokens, every ${shape.hardEvery}th hard; ${msPerToken.small} and ${msPerToken.large} ms a token, ${msPerRequest} ms a request; ${REPEATS} replies each, ${AT_ONCE} of each at once`,
    columns: ["", "requests a reply", "tokens generated", "seconds a reply", "against large alone"],
    rows: [
      ...ways.map((way) => [
        way.name,
        requestsOf(way).toFixed(1),
        (sum(way.requests.map(({ tokensWritten }) => tokensWritten)) / REPEATS).toFixed(1),
        withRange(way.replies.map(({ ms }) => ms / 1000)),
        slowest === undefined ? "" : median(timesAgainst(way, slowest)).toFixed(2),
      ]),
      [
        "fused / probe",
        (requestsOf(ways[0]) / requestsOf(ways[1])).toFixed(3),
        "",
        withRange(times, 3),
        "",
      ],
    ],
  };
}

function abortTable(wasted: readonly number[], delays: readonly number[]): BenchTable {
  return {
    title: `${wasted.length} aborted streams of fused (hand-offs, and the close of a thought)`,
    columns: ["", "median", "95 %", "most"],
    rows: [
      [
        "tokens wasted: written behind the one that ends the stream",
        ...[median(wasted), quantile(wasted, 0.95), Math.max(...wasted)].map(String),
      ],
      [
        "ms from that token to the end of the connection, at the server",
        ...[median(delays), quantile(delays, 0.95), Math.max(...delays)].map((ms) => ms.toFixed(1)),
      ],
    ],
  };
}

function requestsOf(way: WayOfAsking | undefined): number {
  return (way?.requests.length ?? Number.NaN) / REPEATS;
}

/** Of each reply's time, against the median of the other way's. */
function timesAgainst(way: WayOfAsking, other: WayOfAsking): number[] {
  const base = median(other.replies.map(({ ms }) => ms));
  return way.replies.map(({ ms }) => ms / base);
}

function average(values: readonly number[]): number {
  return sum(values) / values.length;
}

function target(what: string, most: number, measured: number): Target {
  return { what, target: `<= ${most}`, measured: measured.toFixed(2), met: measured <= most };
}
