import { tokenDistribution } from "../core/token-distribution.js";
import { doubtOfDigit, doubtOfRating, isRating, ratingText } from "../core/verification/rating.js";
import { asideCost, askAside, type ReplyTime, type Said } from "./aside.js";
import type { Opening, Role, StepWriter, TokenUsage, Written } from "./step-writer.js";
import { type ThoughtState, tokensSoFar } from "./thought-state.js";
import type { Verdict, VerifyConfig } from "./verification.js";

/** What a judge is given. */
export interface StepToJudge {
  /** The thought before the step. */
  readonly thought: string;
  readonly step: string;
  /** Tokens of both, as far as known. */
  readonly tokens: number;
}

/** Rates a step. Its value rises with doubt. */
export type Judge = (step: StepToJudge, signal: AbortSignal) => Promise<Said>;

/**
 * Has the waiting step judged. A judge that is of no use is a verdict, too.
 *
 * @throws the signal's reason where the reply was aborted
 */
export async function judgeStep(
  verify: VerifyConfig | undefined,
  judge: Judge | undefined,
  state: ThoughtState,
  time: ReplyTime,
): Promise<Verdict> {
  if (verify === undefined || judge === undefined)
    return { value: null, failed: "no judge", ms: 0 };
  const { timeoutMs } = verify;
  const asked = { thought: state.thought, step: state.step.text, tokens: tokensSoFar(state) };
  const late = `no judgement within ${timeoutMs} ms`;
  // Async: one that throws at once has failed like any other.
  return askAside(async (signal) => judge(asked, signal), { timeoutMs, late }, time);
}

/**
 * A model as judge: it goes on with the thought's text behind a rating line, by one token; one that is prompted is asked
 * for the digit. Its candidates are read where they come, else the digit itself.
 */
export function ratingJudge(
  role: Role,
  {
    writer,
    opening,
    topLogprobs,
  }: { readonly writer: StepWriter; readonly opening: Opening; readonly topLogprobs: number },
): Judge {
  return async ({ thought, step, tokens }, signal) => {
    const text = thought + step;
    const how = { maxTokens: 1, topLogprobs, temperature: 0 } as const;
    const written =
      writer.rate?.(opening, text, { topLogprobs }, signal) ??
      writer.write(opening, ratingText(text), how, signal);
    const { value, said, usage } = await hearRating(
      written,
      topLogprobs,
      writer.rate !== undefined,
    );
    const estimate = { input_tokens: (opening.promptTokens ?? 0) + tokens, output_tokens: 1 };
    const asked = asideCost(role, usage, estimate);
    // It has been paid for.
    if (value === null)
      return {
        value: Number.NaN,
        failed: `no rating from 0 to 9, but ${JSON.stringify(said)}`,
        asked,
      };
    return { value, asked };
  };
}

/**
 * @param mayTalk - the digit may stand among words; else the first token's candidates are the rating, whatever it is
 * @returns `value: null` where nothing of it is a rating
 */
async function hearRating(
  reply: AsyncIterable<Written>,
  k: number,
  mayTalk: boolean,
): Promise<{
  readonly value: number | null;
  readonly said: string;
  readonly usage: TokenUsage | undefined;
}> {
  let said = "";
  let value: number | null = null;
  let usage: TokenUsage | undefined;
  for await (const written of reply) {
    usage = written.usage ?? usage;
    if (written.type === "end") break;
    said += written.text;
    const { tokens } = written;
    const rating = mayTalk ? tokens.find(({ token }) => isRating(token)) : tokens[0];
    if (value === null && rating !== undefined && rating.top.length > 0)
      value = doubtOfRating(tokenDistribution(rating.top, k));
  }
  value ??= doubtOfDigit(said);
  return { value, said, usage };
}
