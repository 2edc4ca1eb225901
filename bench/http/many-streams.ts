import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Bench } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { median, withRange } from "../statistics.js";
import { chatOpenAI, type StreamedReply, streamReply } from "./bench-models.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import { routerOver } from "./router-over.js";
import { type BenchServer, startBenchServer } from "./start-bench-server.js";

/** Over all streams. As many as keep the client half busy: what is measured is its loop, not its backlog. */
const TOKENS_PER_SECOND = 4000;
const SHAPE = { steps: 8, tokensPerStep: 30, hardEvery: 0, answerTokens: 20 };
const TOKENS = SHAPE.steps * SHAPE.tokensPerStep + SHAPE.answerTokens;
/** Streams that open connections and compile code, before the clock runs. */
const WARM_UP_STREAMS = 50;
/** What the loop's delay is sampled by, in ms. */
const RESOLUTION = 5;

interface Way {
  readonly name: string;
  readonly hardEvery: number;
  connect(server: BenchServer): () => Promise<StreamedReply>;
}

/** One wave of one way. */
interface Wave {
  readonly failed: number;
  readonly microsecondsPerToken: number;
  /** How late the event loop came, in ms. */
  readonly delay: { readonly median: number; readonly p99: number; readonly most: number };
}

const CHAT: Way = {
  name: "ChatOpenAI.stream with 20 log-probabilities (baseline)",
  hardEvery: 0,
  connect: ({ baseURL }) => {
    const fields = { logprobs: true, topLogprobs: 20 };
    const model = chatOpenAI({ baseURL, client: "chat" }, "large", fields);
    return () => streamReply(model);
  },
};
const EASY = routed("GlimpRouterChatModel.stream, all steps easy", 0);
const HARD = routed("GlimpRouterChatModel.stream, every 4th step by large: 6 requests", 4);

/** How often each number of streams is tried, and the ways of reading them, in turns. */
const TRIALS = [
  { streams: 500, rounds: 3, ways: [CHAT, EASY, HARD] },
  { streams: 1000, rounds: 1, ways: [CHAT, HARD] },
] as const;

function routed(name: string, hardEvery: number): Way {
  const connect: Way["connect"] = ({ baseURL }) => {
    const model = routerOver({ baseURL, client: name });
    return () => streamReply(model);
  };
  return { name, hardEvery, connect };
}

/** Hundreds of streams at once in one process: CPU time, and how long the event loop stands still. */
export const manyStreams: Bench = {
  name: "http-many",
  about:
    "500 and 1000 streams at once: CPU per token and the event loop's delay, against ChatOpenAI",
  async run() {
    const tables: BenchTable[] = [];
    const targets: Target[] = [];
    for (const { streams, rounds, ways } of TRIALS) {
      const waves = await measureWaves(streams, rounds, ways);
      tables.push(tableOf(streams, waves));
      targets.push(...targetsOf(streams, waves));
    }
    return { tables, targets };
  },
};

async function measureWaves(
  streams: number,
  rounds: number,
  ways: readonly Way[],
): Promise<ReadonlyMap<Way, readonly Wave[]>> {
  const server = await startBenchServer(optionsOf(streams, 0));
  const connected = ways.map((way) => ({ way, read: way.connect(server), waves: [] as Wave[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { way, read, waves } of connected) {
      await server.configure(optionsOf(round < 0 ? WARM_UP_STREAMS : streams, way.hardEvery));
      const wave = await runWave(round < 0 ? WARM_UP_STREAMS : streams, read);
      if (round >= 0) waves.push(wave);
      await server.report();
    }
  }
  server.close();
  return new Map(connected.map(({ way, waves }) => [way, waves]));
}

/** A batching server writes the next token of every stream at the same moment, and so does this one. */
function optionsOf(streams: number, hardEvery: number): BenchServerOptions {
  const ms = (streams * 1000) / TOKENS_PER_SECOND;
  return {
    shape: { ...SHAPE, hardEvery },
    msPerToken: { small: ms, large: ms },
    msPerRequest: 30,
  };
}

async function runWave(streams: number, read: () => Promise<StreamedReply>): Promise<Wave> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  const begin = process.cpuUsage();
  const replies = await Promise.allSettled(Array.from({ length: streams }, read));
  const { user, system } = process.cpuUsage(begin);
  delay.disable();
  const failures = replies.filter((reply) => reply.status === "rejected");
  if (failures[0] !== undefined) console.error(`${failures.length} failed: ${failures[0].reason}`);
  return {
    failed: failures.length,
    microsecondsPerToken: (user + system) / streams / TOKENS,
    delay: { median: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), most: ms(delay.max) },
  };
}

function ms(nanoseconds: number): number {
  return nanoseconds / 1e6;
}

function tableOf(streams: number, waves: ReadonlyMap<Way, readonly Wave[]>): BenchTable {
  return {
    title: `${streams} streams at once, ${TOKENS} tokens each, ${TOKENS_PER_SECOND} tokens a second in all`,
    columns: ["", "failed", "CPU us a token", "loop delay ms: median", "99 %", "most"],
    rows: [...waves].map(([{ name }, of]) => [
      name,
      String(of.reduce((sum, { failed }) => sum + failed, 0)),
      withRange(
        of.map(({ microsecondsPerToken }) => microsecondsPerToken),
        0,
      ),
      ...(["median", "p99", "most"] as const).map((figure) =>
        median(of.map(({ delay }) => delay[figure])).toFixed(0),
      ),
    ]),
  };
}

/** Ratios within a round; the middle one counts. */
function targetsOf(streams: number, waves: ReadonlyMap<Way, readonly Wave[]>): Target[] {
  const baseline = waves.get(CHAT) ?? [];
  const target = (way: Way, what: string, most: number, of: (wave: Wave) => number): Target => {
    const ratios = (waves.get(way) ?? []).map((wave, round) => {
      const base = baseline[round];
      return base === undefined ? Number.NaN : of(wave) / of(base);
    });
    const ratio = median(ratios);
    const measured = ratio.toFixed(2);
    return { what: `${streams}: ${what}`, target: `<= ${most}`, measured, met: ratio <= most };
  };
  return [...waves.keys()]
    .filter((way) => way !== CHAT)
    .flatMap((way) => {
      const which = way === EASY ? "all steps easy" : "every 4th step by large";
      return [
        target(way, `CPU a token, ${which} / ChatOpenAI`, 1.1, (wave) => wave.microsecondsPerToken),
        target(way, `loop delay 99 %, ${which} / ChatOpenAI`, 1.5, (wave) => wave.delay.p99),
      ];
    });
}
