import type { Role } from "../../src/router/step-writer.js";
import type { Bench } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { startBenchServer } from "../http/start-bench-server.js";
import { median, withRange } from "../statistics.js";
import {
  BLOCK,
  type JudgedReply,
  judgedReply,
  leastMs,
  SHAPE,
  type Times,
} from "./judged-reply.js";

const MOST = 0.8;
const ROUNDS = 3;
const MAX_AHEAD_TOKENS = 256;

const MACHINES = {
  "CPU-like": { write: { small: 15, large: 50 }, read: { small: 4, large: 12 } },
  "GPU-like": { write: { small: 5, large: 25 }, read: { small: 0.2, large: 0.2 } },
} as const satisfies Record<string, Times>;

const PLACES = { served: "small on a server", pulled: "small in this process" } as const;

interface Compared {
  readonly machine: keyof typeof MACHINES;
  readonly small: keyof typeof PLACES;
  readonly waiting: readonly JudgedReply[];
  readonly ahead: readonly JudgedReply[];
}

/** Whole replies, each step rated by large: small's stream read on meanwhile, or not. */
export const asyncVerification: Bench = {
  name: "async",
  about: "verification with and without async, whole replies, a step in ten rejected",
  async run() {
    const compared: Compared[] = [];
    for (const machine of ["CPU-like", "GPU-like"] as const) {
      compared.push(...(await compareOn(machine)));
    }
    return { tables: [table(compared)], targets: compared.map(targetOf) };
  },
};

/** All at once: they wait for timers, nearly all of the time, and each has a conversation of its own. */
async function compareOn(machine: Compared["machine"]): Promise<readonly Compared[]> {
  const times = MACHINES[machine];
  // A server of its own for each: they read at different speeds.
  const start = (model: Role) =>
    startBenchServer({
      shape: SHAPE,
      msPerToken: times.write,
      msPerRequest: 0,
      prefill: { msPerToken: times.read[model], block: BLOCK },
    });
  const servers = { small: await start("small"), large: await start("large") };
  const replies = (small: Compared["small"], maxAheadTokens: number | null) =>
    Promise.all(
      Array.from({ length: ROUNDS }, (_, round) =>
        judgedReply(servers, `${small} ${maxAheadTokens} ${round}`, {
          times,
          small,
          maxAheadTokens,
        }),
      ),
    );
  const compare = async (small: Compared["small"]): Promise<Compared> => {
    const [waiting, ahead] = await Promise.all([
      replies(small, null),
      replies(small, MAX_AHEAD_TOKENS),
    ]);
    if (new Set([...waiting, ...ahead].map(({ thought }) => thought)).size !== 1) {
      throw new Error("The thoughts differ.");
    }
    return { machine, small, waiting, ahead };
  };
  try {
    return await Promise.all([compare("served"), compare("pulled")]);
  } finally {
    servers.small.close();
    servers.large.close();
  }
}

function table(compared: readonly Compared[]): BenchTable {
  return {
    title: `${SHAPE.steps} steps of ${SHAPE.tokensPerStep} tokens, each rated by large, four rejected; medians of ${ROUNDS} replies, in seconds`,
    columns: [
      "",
      "waiting",
      "`async`",
      "async / waiting",
      "writing alone",
      "requests",
      "thrown away, waiting",
      "thrown away, `async`",
    ],
    rows: compared.map(({ machine, small, waiting, ahead }) => [
      `${machine}, ${PLACES[small]}`,
      seconds(median(waiting.map(({ ms }) => ms))),
      seconds(median(ahead.map(({ ms }) => ms))),
      withRange(ratios({ waiting, ahead })),
      seconds(leastMs(MACHINES[machine])),
      String(median(ahead.map(({ requests }) => requests))),
      String(median(waiting.map(({ discarded }) => discarded))),
      String(median(ahead.map(({ discarded }) => discarded))),
    ]),
  };
}

function ratios({ waiting, ahead }: Pick<Compared, "waiting" | "ahead">): readonly number[] {
  return ahead.map(({ ms }, round) => ms / (waiting[round]?.ms ?? Number.NaN));
}

function targetOf(compared: Compared): Target {
  const { machine, small } = compared;
  const ratio = median(ratios(compared));
  const isPromised = machine === "CPU-like";
  return {
    what: `${machine}, ${PLACES[small]}: async / waiting`,
    target: isPromised ? `<= ${MOST.toFixed(2)}` : "told",
    measured: ratio.toFixed(2),
    met: !isPromised || ratio <= MOST,
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
