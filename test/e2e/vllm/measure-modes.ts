import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ServerPair } from "../../../scripts/python-server/serve-pair.js";
import type { Problem } from "../real-servers/problems.js";
import type { Reply } from "../real-servers/reply-digest.js";
import { runChains } from "../real-servers/run-chains.js";
import { readSettledMetrics, type ServerMetrics, since, sum } from "./server-metrics.js";

/** What one way of answering took, over all problems. */
export interface ModeCost {
  readonly replies: Reply[];
  ms: number;
  small: ServerMetrics;
  large: ServerMetrics;
  /** As `small` and `large`, over the blocks that this mode answered first: nothing of another's is cached. */
  cold: { small: ServerMetrics; large: ServerMetrics };
}

const BLOCK = 10;
const NOTHING: ServerMetrics = {
  running: 0,
  promptTokens: 0,
  generatedTokens: 0,
  cacheQueries: 0,
  cacheHits: 0,
};

/**
 * Answers the problems once with every mode, one chain at a time. The modes take turns every few problems,
 * and take turns in going first: what else the machine does meanwhile, and what the servers have cached,
 * falls on all of them alike.
 */
export async function measureModes<Name extends string>(
  servers: ServerPair,
  modes: Readonly<Record<Name, BaseChatModel>>,
  problems: readonly Problem[],
): Promise<Readonly<Record<Name, ModeCost>>> {
  const names = Object.keys(modes) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, noCost()])) as Record<Name, ModeCost>;
  for (let start = 0, turn = 0; start < problems.length; start += BLOCK, turn++) {
    const first = turn % names.length;
    const order = [...names.slice(first), ...names.slice(0, first)];
    for (const [place, name] of order.entries()) {
      const block = problems.slice(start, start + BLOCK);
      await answerBlock(servers, modes[name], block, costs[name], place === 0);
    }
  }
  return costs;
}

function noCost(): ModeCost {
  return {
    replies: [],
    ms: 0,
    small: NOTHING,
    large: NOTHING,
    cold: { small: NOTHING, large: NOTHING },
  };
}

async function answerBlock(
  servers: ServerPair,
  model: BaseChatModel,
  block: readonly Problem[],
  cost: ModeCost,
  isCold: boolean,
): Promise<void> {
  const before = await bothMetrics(servers);
  const start = performance.now();
  cost.replies.push(...(await runChains(model, block)));
  cost.ms += performance.now() - start;
  const after = await bothMetrics(servers);
  for (const role of ["small", "large"] as const) {
    const spent = since(before[role], after[role]);
    cost[role] = sum(cost[role], spent);
    if (isCold) cost.cold[role] = sum(cost.cold[role], spent);
  }
}

async function bothMetrics({ small, large }: ServerPair) {
  const [ofSmall, ofLarge] = await Promise.all([
    readSettledMetrics(small),
    readSettledMetrics(large),
  ]);
  return { small: ofSmall, large: ofLarge };
}
