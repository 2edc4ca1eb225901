import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ThinkingTags } from "../core/thinking-tags.js";
import { GlimpRouterError } from "../errors.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { bothRoles } from "../router/both-roles.js";
import type { Judge } from "../router/judge-step.js";
import { type ModelJudge, modelJudge, whyNoJudge } from "../router/model-judge.js";
import { openPrompts } from "../router/open-prompts.js";
import type { StepWriter } from "../router/step-writer.js";
import { type ContinuationOfEach, continuationOf } from "../writers/continuation-of-each.js";
import { type Continuation, stepWriterFor } from "../writers/step-writer-for.js";
import { type OwnStep, readOwnSteps } from "./read-own-steps.js";

export interface OwnStepsOptions {
  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  /** @defaultValue "auto" */
  readonly continuation?: Continuation | ContinuationOfEach;
  readonly by: ModelJudge;
  /** What large thinks about; a few questions of more than one step each. */
  readonly questions?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What a judge says of the steps that LARGE has written itself. */
export interface OwnStepsReport {
  readonly by: ModelJudge;
  readonly questions: number;
  /** Doubt, of each step that was judged. */
  readonly values: readonly number[];
  /** Why other steps were not. */
  readonly failed: readonly string[];
}

const THINKING: ThinkingTags = { open: "<think>", close: "</think>" };
const CANDIDATES = 20;

/** Any model can think about these, in a few steps. */
const QUESTIONS = [
  "A shop sells pens at 3 for 2 euros. What do 12 pens cost?",
  "What is 17 * 24, minus 58?",
  "Which is larger, 3/7 or 4/9?",
  "A train leaves at 9:40 and arrives at 13:15. How long does it take?",
  "Which day of the week comes 100 days after a Monday?",
  "Name the primes between 20 and 40, and add them up.",
];

/**
 * Has large think about some questions, and each of its steps judged. A judge that rejects much of what large wrote
 * itself measures taste, not mistakes: this is what a threshold is to be looked at with first.
 *
 * @throws GlimpRouterError where a model cannot be continued, or `invalid_option` where the judge is none
 */
export async function judgeOwnSteps(options: OwnStepsOptions): Promise<OwnStepsReport> {
  const { by, continuation = "auto", questions = QUESTIONS, signal } = options;
  const writers = await bothRoles(
    (role, own) => stepWriterFor(options[role], continuationOf(continuation, role), role, own),
    signal,
  );
  requireJudge(by, writers.large);
  const values: number[] = [];
  const failed: string[] = [];
  for (const question of questions) {
    const prompt = { messages: [new HumanMessage(question)] as BaseMessage[], thinking: THINKING };
    const openings = await openPrompts<ThoughtPrompt>(writers, prompt, signal);
    const judge = modelJudge(by, { writers, openings, topLogprobs: CANDIDATES });
    const steps = await readOwnSteps(writers.large, openings.large, THINKING.close, signal);
    for (const step of steps) {
      const verdict = await hear(judge, step, signal);
      if (typeof verdict === "number") values.push(verdict);
      else failed.push(verdict);
    }
  }
  return { by, questions: questions.length, values, failed };
}

/** The share of steps that a threshold would reject; NaN where there is none. */
export function rejectedShare({ values }: OwnStepsReport, threshold: number): number {
  return values.filter((value) => value > threshold).length / values.length;
}

/** Doubt, or why there is none. */
async function hear(judge: Judge, step: OwnStep, signal?: AbortSignal): Promise<number | string> {
  // A judge's own: nobody ends it early.
  const { signal: never } = new AbortController();
  try {
    const { value, failed } = await judge(step, signal ?? never);
    return failed ?? value;
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

function requireJudge(by: ModelJudge, large: StepWriter): void {
  const why = whyNoJudge(by, large);
  if (why === null) return;
  throw new GlimpRouterError(`The judge is ${why}`, { reason: "invalid_option", role: "large" });
}
