import { tokenDistribution } from "../core/token-distribution.js";
import { doubtOfRating, ratingText } from "../core/verification/rating.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";
import { type ThoughtState, tokensSoFar } from "./thought-state.js";
import { unlessAborted } from "./unless-aborted.js";
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
export type Judge = (
  step: StepToJudge,
  signal: AbortSignal,
) => Promise<Pick<Verdict, "asked"> & { readonly value: number }>;

const OVER = Object.assign(new Error("The judgement is over."), { name: "AbortError" });

/**
 * Has the waiting step judged. A judge that fails, takes too long or says nothing of use is a verdict, too: the thought
 * goes on.
 *
 * @throws the signal's reason where the reply was aborted
 */
export async function judgeStep(
  verify: VerifyConfig | undefined,
  judge: Judge | undefined,
  state: ThoughtState,
  { signal, now }: { readonly signal?: AbortSignal | undefined; readonly now: () => number },
): Promise<Verdict> {
  const since = now();
  if (verify === undefined || judge === undefined)
    return { value: null, failed: "no judge", ms: 0 };
  const { timeoutMs } = verify;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Error(`no judgement within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const stop = (): void => limit.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    signal?.throwIfAborted();
    const asked = { thought: state.thought, step: state.step.text, tokens: tokensSoFar(state) };
    const { value, ...cost } = await unlessAborted(judge(asked, limit.signal), limit.signal);
    const ms = now() - since;
    return Number.isFinite(value)
      ? { value, ms, ...cost }
      : { value: null, failed: `not a number: ${String(value)}`, ms, ...cost };
  } catch (error) {
    signal?.throwIfAborted();
    const said = error instanceof Error ? error.message : String(error);
    return { value: null, failed: said.slice(0, 200), ms: now() - since };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    // With a reason: a signal that is aborted without one makes an exception with its stack.
    limit.abort(OVER);
  }
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
