import { above, type GlimpRouterChatModel, type RoutingRecord, random } from "../../src/index.js";
import type { BenchServerOptions, ServedRequest } from "../http/bench-server-options.js";
import { routerOver } from "../http/router-over.js";
import { type BenchServer, startBenchServer } from "../http/start-bench-server.js";
import { sum } from "../statistics.js";
import { type ComparedPoint, comparedPoints, STEP_START } from "./compared-points.js";
import { type ComparedCost, type Reading, ratiosTo } from "./ratios-to.js";

const SERVER: BenchServerOptions = {
  shape: { steps: 10, tokensPerStep: 30, hardEvery: 0, answerTokens: 20, sums: true },
  msPerToken: { small: 2, large: 2 },
  msPerRequest: 0,
};
/** As an engine writes that is worth routing. */
const COUNTED: BenchServerOptions = { ...SERVER, msPerToken: { small: 10, large: 10 } };
const TOKENS = 10 * 30 + 20;
const AT_ONCE = 4;
const ROUNDS = 20;
/** Behind the unpaced ones. */
const WARM_UPS = 1;
/**
 * Replies that every point reads before any is measured, as fast as the server writes. A point's own code is run once
 * where the baseline's is run seven times: without them the engine is still compiling the one when it is done with the
 * other, and what the compiler costs is taken for the point's (everyToken: 1.13 behind three, 1.03 to 1.07 behind 25).
 */
const COMPILING = 25;

/** Above every value: each point looks and asks, and small writes all. */
const NEVER = above(1e6);

/** What hand-overs at one point came to, over all replies. */
export interface CountedHandOvers {
  /** Requests a reply, and the most that 2n + 2 allows for them. */
  readonly requests: number;
  readonly allowed: number;
  /** Each reply by itself is within its bound. */
  readonly within: boolean;
  readonly handOvers: number;
  /** Tokens that both servers wrote, a reply. */
  readonly generated: number;
  /** Tokens thrown away behind the cut, a hand-over: the deciding one is among them. */
  readonly discarded: number;
  /** Tokens that small wrote behind the deciding one, before the abort came; a broken-off stream. */
  readonly wasted: number;
}

export interface PointOverHttp extends ComparedCost {
  readonly name: string;
  readonly handOvers: CountedHandOvers;
}

/** CPU of the client where all is small's, and what hand-overs cost where chance makes some. */
export async function pointsOverHttp(): Promise<readonly PointOverHttp[]> {
  const server = await startBenchServer(SERVER);
  const points = [STEP_START, ...comparedPoints("=")];
  const readings = points.map(({ point }) => reading(server, point.name, { glimpseAt: point }));
  await server.configure({ ...SERVER, msPerToken: { small: 0, large: 0 } });
  for (let round = 0; round < COMPILING; round++) for (const read of readings) await read();
  await server.configure(SERVER);
  const [baseline = readings[0], ...others] = readings;
  const costs = await ratiosTo(baseline as Reading, others, { rounds: ROUNDS, warmUps: WARM_UPS });
  await server.configure(COUNTED);
  await server.report();
  const counted: PointOverHttp[] = [];
  for (const [index, compared] of points.entries()) {
    const { cost = Number.NaN, ratio = null } = costs[index] ?? {};
    const handOvers = await countHandOvers(server, compared);
    counted.push({ name: compared.point.name, cost, ratio, handOvers });
  }
  server.close();
  return counted;
}

function reading(
  { baseURL }: BenchServer,
  client: string,
  fields: Parameters<typeof routerOver>[1],
): Reading {
  const model = routerOver(
    { baseURL, client: encodeURIComponent(client) },
    { ...fields, policy: NEVER },
  );
  return async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, () => readStream(model)));
    return TOKENS * AT_ONCE;
  };
}

async function readStream(model: GlimpRouterChatModel): Promise<void> {
  let characters = 0;
  for await (const { additional_kwargs } of await model.stream("Go.")) {
    characters += String(additional_kwargs.reasoning_content ?? "").length;
  }
  checkLength(characters);
}

let expected: number | null = null;

/** All points read the same thought; its last blank line is the router's. */
function checkLength(characters: number): void {
  expected ??= characters;
  if (characters !== expected) throw new Error(`${characters} characters instead of ${expected}.`);
}

async function countHandOvers(
  server: BenchServer,
  { point, rate }: ComparedPoint,
): Promise<CountedHandOvers> {
  const client = encodeURIComponent(point.name);
  const model = routerOver(
    { baseURL: server.baseURL, client },
    { glimpseAt: point, policy: NEVER },
  );
  const replies = Array.from({ length: AT_ONCE }, async (_, seed): Promise<RoutingRecord> => {
    const { response_metadata, additional_kwargs } = await model.invoke("Go.", {
      policy: random(rate, seed + 1),
    });
    checkLength(String(additional_kwargs.reasoning_content).length);
    return response_metadata.glimprouter as RoutingRecord;
  });
  const records = await Promise.all(replies);
  return counted(records, await server.report());
}

function counted(
  records: readonly RoutingRecord[],
  served: readonly ServedRequest[],
): CountedHandOvers {
  // The last request to large is the answer's.
  const turns = records.map(({ requests }) => requests.large - 1);
  const bySmall = served.filter(({ model }) => model === "small");
  const brokenOff = bySmall.filter(({ aborted }) => aborted).length;
  const written = sum(bySmall.map(({ tokensWritten }) => tokensWritten));
  const read = sum(records.map(({ usage }) => usage.small.output_tokens));
  const discarded = sum(records.flatMap(({ steps }) => steps.map((step) => step.discarded)));
  const requests = records.map((record) => record.requests.small + record.requests.large);
  return {
    requests: sum(requests) / records.length,
    allowed: sum(turns.map((n) => 2 * n + 2)) / records.length,
    within: requests.every((count, index) => count <= 2 * (turns[index] ?? 0) + 2),
    handOvers: sum(turns),
    generated: sum(served.map(({ tokensWritten }) => tokensWritten)) / records.length,
    discarded: discarded / Math.max(1, sum(turns)),
    wasted: (written - read) / Math.max(1, brokenOff),
  };
}
