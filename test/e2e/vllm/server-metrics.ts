import { setTimeout as sleep } from "node:timers/promises";

/** Counters of one server, as `/metrics` has them. */
export interface ServerMetrics {
  /** Requests being generated now. */
  readonly running: number;
  readonly promptTokens: number;
  /** Generated tokens, also those that nobody read. */
  readonly generatedTokens: number;
  /** Prompt tokens looked up in the prefix cache. */
  readonly cacheQueries: number;
  readonly cacheHits: number;
}

const NAMES: Readonly<Record<keyof ServerMetrics, string>> = {
  running: "vllm:num_requests_running",
  promptTokens: "vllm:prompt_tokens_total",
  generatedTokens: "vllm:generation_tokens_total",
  cacheQueries: "vllm:prefix_cache_queries_total",
  cacheHits: "vllm:prefix_cache_hits_total",
};

interface Server {
  readonly rootURL: string;
}

async function readMetrics({ rootURL }: Server): Promise<ServerMetrics> {
  const lines = (await (await fetch(`${rootURL}/metrics`)).text()).split("\n");
  const read = (name: string): number => {
    const line = lines.find((text) => text.startsWith(`${name}{`));
    if (line === undefined) throw new Error(`${rootURL}/metrics has no ${name}.`);
    return Number(line.slice(line.lastIndexOf(" ") + 1));
  };
  return valuesOf((key) => read(NAMES[key]));
}

/** Counters when nothing runs and nothing is being counted any more: they lag a moment behind the replies. */
export async function readSettledMetrics(server: Server): Promise<ServerMetrics> {
  let last = await readMetrics(server);
  for (;;) {
    await sleep(50);
    const now = await readMetrics(server);
    const { running, generatedTokens } = now;
    if (running === 0 && generatedTokens === last.generatedTokens) return now;
    last = now;
  }
}

/** Milliseconds until a server generates nothing any more, asked as fast as it answers. */
export async function timeUntilIdle(server: Server): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { running } = await readMetrics(server);
    if (running === 0) return performance.now() - start;
  }
}

/** Counters of `after` without those of `before`. */
export function since(before: ServerMetrics, after: ServerMetrics): ServerMetrics {
  return valuesOf((key) => after[key] - before[key]);
}

export function sum(a: ServerMetrics, b: ServerMetrics): ServerMetrics {
  return valuesOf((key) => a[key] + b[key]);
}

export function cacheShare({ cacheHits, cacheQueries }: ServerMetrics): number {
  return cacheQueries === 0 ? 0 : cacheHits / cacheQueries;
}

function valuesOf(value: (key: keyof ServerMetrics) => number): ServerMetrics {
  return {
    running: value("running"),
    promptTokens: value("promptTokens"),
    generatedTokens: value("generatedTokens"),
    cacheQueries: value("cacheQueries"),
    cacheHits: value("cacheHits"),
  };
}
