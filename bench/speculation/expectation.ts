import { HumanMessage } from "@langchain/core/messages";
import type { EmbeddedPair } from "../../src/local/index.js";
import { loadEngine } from "../../src/local/load-engine.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { median, sum } from "../statistics.js";
import { LARGE_FILE } from "./word-models.js";

const THINKING = { open: "<think>", close: "</think>" };
const READS = 40;
const TEXT =
  "Ben has 12 times as many as Felix: 3 * 12 = 36.\n\nThen Ben keeps half of the cookies: 36 / 2 = 18.\n\n";

/**
 * Tokens that a judgement brings, by Leviathan et al. (arXiv 2211.17192): each drafted token is right with chance `a`, and
 * the model's own next one comes with it.
 *
 * @param n - tokens of a draft
 */
export function tokensPerJudgement(a: number, n: number): number {
  return a === 1 ? n + 1 : (1 - a ** (n + 1)) / (1 - a);
}

/**
 * How many times as fast.
 *
 * @param c - time of a drafted token over one of large
 * @param v - time of judging n + 1 tokens over that of writing one; 1 where reading the weights is all that takes time
 */
export function expectedSpeedUp(a: number, n: number, c: number, v = 1): number {
  return tokensPerJudgement(a, n) / (v + n * c);
}

/** Of large's tokens, the share that small finds likeliest behind the same text. */
export async function agreement(
  { small }: Pick<EmbeddedPair, "small">,
  replies: readonly { readonly prompt: string; readonly text: string }[],
): Promise<number> {
  const writer = small[STEP_WRITER];
  const same: number[] = [];
  for (const { prompt, text } of replies) {
    const messages = [new HumanMessage(prompt)];
    const opening = await writer.open({ messages, thinking: THINKING });
    const scored = await writer.scorePrompt?.(opening, "", text, { topLogprobs: 1 });
    same.push(...(scored?.tokens ?? []).map(({ token, top }) => Number(top[0]?.token === token)));
  }
  return sum(same) / same.length;
}

/** Milliseconds in which large judges so many tokens at once, each with what comes behind it: the median. */
export async function judgingTimes(
  counts: readonly number[],
): Promise<readonly { readonly count: number; readonly ms: number }[]> {
  const { engine } = await loadEngine({ model: LARGE_FILE, gpu: false, sequences: 1 });
  const tokens = engine.encode(TEXT);
  const sampling = { temperature: 0, topP: 1, topK: 0, seed: 0 };
  const { reader, release } = await engine.lease(tokens, { sampling, maxTokens: 0 });
  try {
    const times = counts.map(() => [] as number[]);
    for (let read = 0; read < READS; read++) {
      for (const [index, count] of counts.entries()) {
        const from = tokens.length - count;
        // What is held behind is given up, so that the same tokens are evaluated each time.
        await reader.readGiven(tokens.slice(0, from + 1), from, 0, undefined);
        const begin = performance.now();
        await reader.readGiven(tokens, from, 0, undefined);
        times[index]?.push(performance.now() - begin);
      }
    }
    return counts.map((count, index) => ({ count, ms: median(times[index] ?? []) }));
  } finally {
    release();
    await engine.dispose();
  }
}

/** The time for a count between two that were measured, on the line between them. */
export function timeAt(
  times: readonly { readonly count: number; readonly ms: number }[],
  count: number,
): number {
  const above = times.findIndex((each) => each.count >= count);
  const [upper, lower] = [times.at(above), times[above - 1]];
  if (upper === undefined) return Number.NaN;
  if (lower === undefined) return upper.ms;
  const share = (count - lower.count) / (upper.count - lower.count);
  return lower.ms + share * (upper.ms - lower.ms);
}
