import { type Judge, ratingJudge } from "../../src/router/judge-step.js";
import { routeThought } from "../../src/router/route-thought.js";
import type { Role, StepWriter } from "../../src/router/step-writer.js";
import type { ThoughtState } from "../../src/router/thought-state.js";
import { vllmWriter } from "../../src/writers/vllm/vllm.js";
import { BENCH_CONFIG } from "../bench-config.js";
import { chatOpenAI } from "../http/bench-models.js";
import type { BenchServer } from "../http/start-bench-server.js";
import { sum } from "../statistics.js";
import type { ThoughtShape } from "../thought-script.js";
import { openPrompt } from "./measure-judge.js";
import { pulledSmall } from "./pulled-small.js";

/** Every so-many-th step is rejected: 10 %. */
const REJECTED_EVERY = 10;

export const SHAPE: ThoughtShape = {
  steps: 40,
  tokensPerStep: 60,
  hardEvery: 0,
  answerTokens: 1,
};

/** A machine's times, in milliseconds. */
export interface Times {
  readonly write: { readonly small: number; readonly large: number };
  readonly read: { readonly small: number; readonly large: number };
}

export const BLOCK = 16;

export interface JudgedReply {
  readonly ms: number;
  readonly requests: number;
  /** Tokens by small that were thrown away, as the record counts them. */
  readonly discarded: number;
  readonly thought: string;
}

const now = (): number => performance.now();

/**
 * One reply whose steps large rates; every tenth is rejected, whatever it says.
 *
 * @param name - a conversation of its own: nothing of it is cached before
 * @param small - on the bench server, or in this process
 */
export async function judgedReply(
  servers: Readonly<Record<Role, BenchServer>>,
  name: string,
  of: {
    readonly times: Times;
    readonly small: "served" | "pulled";
    readonly maxAheadTokens: number | null;
  },
): Promise<JudgedReply> {
  const served = (role: Role) =>
    vllmWriter(chatOpenAI({ baseURL: servers[role].baseURL, client: name }, role), role);
  const large = served("large");
  const small: StepWriter = of.small === "served" ? served("small") : pulled(of.times);
  const openings = { small: await openPrompt(small, name), large: await openPrompt(large, name) };
  const judge = rejecting(
    ratingJudge("large", { writer: large, opening: openings.large, topLogprobs: 20 }),
  );
  const ahead = of.maxAheadTokens === null ? {} : { maxAheadTokens: of.maxAheadTokens };
  const judged = { by: "score", threshold: 0.5, when: "always", onFailure: "accept" } as const;
  const config = {
    ...BENCH_CONFIG,
    maxAnswerTokens: 1,
    verify: { ...judged, timeoutMs: 60_000, ...ahead },
  };
  const begin = now();
  const loop = routeThought({ config, writers: { small, large }, openings, judge, now });
  for (let item = await loop.next(); ; item = await loop.next()) {
    if (item.done) return replyOf(item.value, now() - begin);
  }
}

function replyOf({ thought, requests, usage }: ThoughtState, ms: number): JudgedReply {
  const { small, large } = requests;
  return { ms, requests: small + large, discarded: usage.small.discarded_tokens, thought };
}

function pulled({ write, read }: Times): StepWriter {
  return pulledSmall(SHAPE, { msPerToken: write.small, msPerRead: read.small, block: BLOCK });
}

/** Steps are numbered by their first word. */
function rejecting(judge: Judge): Judge {
  return async (asked, signal) => {
    const said = await judge(asked, signal);
    const step = Number(/\d+/.exec(asked.step)?.[0]);
    return step % REJECTED_EVERY === REJECTED_EVERY >> 1 ? { ...said, value: 1 } : said;
  };
}

/** What small's writing and large's of the rejected steps take, if nobody waited for anything else. */
export function leastMs({ write }: Times): number {
  const rejected = SHAPE.steps / REJECTED_EVERY;
  return sum([SHAPE.steps * write.small, rejected * write.large]) * SHAPE.tokensPerStep;
}
