import { quantileSorted } from "simple-statistics";
import { alignTokens } from "../../core/align-tokens.js";
import { entropy } from "../../core/entropy.js";
import { boundaryEnd, firstNonBlank } from "../../core/step-boundary.js";
import { tokenDistribution } from "../../core/token-distribution.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import type { ScoredText } from "../../router/step-writer.js";
import type { Problem } from "../problems/problem.js";
import { messagesOf } from "../replies/messages-of.js";
import type { RecordPlan } from "../run/make-record.js";

/** Shares of the steps of which it is told above which value they lie; the paper recommends .2 to .3. */
const SHARES = [0.1, 0.2, 0.25, 0.3, 0.5];

/** Can small tell the likelihood of a text that it has not written? */
export function canLook({ pair: { writers } }: Pick<RecordPlan, "pair">): boolean {
  return writers.small.scorePrompt !== undefined;
}

/**
 * H_init of each step of a thought by LARGE, as small sees it: one prompt request, nothing is written. A first look: a signal
 * has other values along small's own thoughts, and those are what a threshold is fitted on.
 *
 * @returns nats; `null` where small cannot tell
 * @throws the signal's reason
 */
export async function lookAlong(
  { pair }: Pick<RecordPlan, "pair">,
  { problem, thought }: { readonly problem: Problem; readonly thought: string },
  signal: AbortSignal,
): Promise<readonly number[] | null> {
  const { small } = pair.writers;
  if (small.scorePrompt === undefined || thought === "") return null;
  const { thinking, topLogprobs, delimiter } = pair.options({});
  try {
    const opening = await small.open({ messages: messagesOf(problem), thinking }, signal);
    const scored = await small.scorePrompt(opening, "", thought, { topLogprobs }, signal);
    return glimpsesIn(thought, scored, { delimiter, topLogprobs });
  } catch {
    // A look beside the way: what it cannot see is missing, and nothing else.
    signal.throwIfAborted();
    return null;
  }
}

/** The entropy of the token that each step's first word begins with, in nats. */
export function glimpsesIn(
  thought: string,
  { tokens }: ScoredText,
  { delimiter, topLogprobs }: { readonly delimiter: string; readonly topLogprobs: number },
): readonly number[] {
  const { pieces } = alignTokens(null, thought, tokens);
  const starts = stepStarts(thought, delimiter);
  const found: number[] = [];
  let end = 0;
  for (const { text, first } of pieces) {
    const from = end;
    end += text.length;
    const isStart = starts.some((at) => at >= from && at < end);
    // The first token of all has no candidates on some servers.
    if (!isStart || first === null || first.top.length < 2) continue;
    found.push(entropy(tokenDistribution(first.top, topLogprobs)));
  }
  return found;
}

function stepStarts(thought: string, delimiter: string): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at < thought.length; ) {
    const rest = thought.slice(at);
    const begin = firstNonBlank(rest);
    if (begin === -1) break;
    starts.push(at + begin);
    const end = boundaryEnd(rest, delimiter);
    if (end === -1) break;
    at += end;
  }
  return starts;
}

/** What was seen in all of them; `null`: nothing. */
export function firstLookOf(
  seen: readonly (readonly number[] | null | undefined)[],
): Calibration["firstLook"] {
  const thoughts = seen.flatMap((values) =>
    values == null || values.length === 0 ? [] : [values],
  );
  const values = thoughts.flat().sort((a, b) => a - b);
  if (values.length === 0) return null;
  return {
    thoughts: thoughts.length,
    steps: values.length,
    above: SHARES.map((share) => ({ share, value: quantileSorted(values, 1 - share) })),
  };
}
