import { tokenDistribution } from "../core/token-distribution.js";
import { doubtOfRating, ratingText } from "../core/verification/rating.js";
import { askAside, type ReplyTime, type Said } from "./aside.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";
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
 * A model as judge: it goes on with the thought's text behind a rating line, by one token. Its candidates are read where
 * they come, else the digit itself.
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
    const how = { maxTokens: 1, topLogprobs, temperature: 0 } as const;
    let said = "";
    let value: number | null = null;
    let usage: { readonly input_tokens: number; readonly output_tokens: number } | undefined;
    for await (const written of writer.write(opening, ratingText(thought + step), how, signal)) {
      usage = written.usage ?? usage;
      if (written.type === "end") break;
      said += written.text;
      const top = written.tokens[0]?.top ?? [];
      if (value === null && top.length > 0)
        value = doubtOfRating(tokenDistribution(top, topLogprobs));
    }
    value ??= doubtOfRating([{ token: said, probability: 1 }]);
    if (value === null) throw new Error(`no rating from 0 to 9, but ${JSON.stringify(said)}`);
    const estimate = { input_tokens: (opening.promptTokens ?? 0) + tokens, output_tokens: 1 };
    return { value, asked: { role, ...(usage ?? estimate), estimated: usage === undefined } };
  };
}
