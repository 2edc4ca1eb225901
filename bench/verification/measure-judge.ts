import { HumanMessage } from "@langchain/core/messages";
import type { ThoughtPrompt } from "../../src/prompt/thought-prompt.js";
import { type Judge, ratingJudge } from "../../src/router/judge-step.js";
import { likelihoodJudge } from "../../src/router/likelihood-judge.js";
import type { Opening, StepWriter } from "../../src/router/step-writer.js";
import type { JudgedCost, Spent } from "./judged-cost.js";

export const STEP_TOKENS = 30;

/** One model, as far as it judges and writes. */
interface JudgingModel {
  readonly writer: StepWriter;
  readonly opening: Opening;
}

export type JudgeOf = (model: JudgingModel) => Judge;

export const byScore: JudgeOf = (model) => ratingJudge("large", { ...model, topLogprobs: 20 });

export const byLikelihood: JudgeOf = (model) =>
  likelihoodJudge("large", { ...model, maxContext: Number.POSITIVE_INFINITY });

export function openPrompt(writer: StepWriter<ThoughtPrompt>, content: string): Promise<Opening> {
  return writer.open({
    messages: [new HumanMessage(content)],
    thinking: { open: "<think>", close: "</think>" },
  });
}

/** A step's judgement and its writing, both behind a thought that the model has cached, as it has after the step before. */
export async function measureJudge(
  model: JudgingModel,
  judgeOf: JudgeOf,
  { thought, step }: { readonly thought: string; readonly step: string },
  timeOf: Clock,
): Promise<JudgedCost["rounds"][number]> {
  const judge = judgeOf(model);
  const { signal } = new AbortController();
  await writeText(model, thought, 1);
  const judged = await timeOf(() => judge({ thought, step, tokens: 2 * STEP_TOKENS }, signal));
  await writeText(model, thought, 1);
  const written = await timeOf(() => writeText(model, thought, STEP_TOKENS));
  return { judged, written };
}

export async function writeText(
  { writer, opening }: JudgingModel,
  thought: string,
  maxTokens: number,
): Promise<string> {
  let said = "";
  for await (const item of writer.write(opening, thought, { maxTokens, topLogprobs: 0 })) {
    if (item.type === "text") said += item.text;
  }
  return said;
}

/** What some work takes. */
export type Clock = (work: () => Promise<unknown>) => Promise<Spent>;

/** Of this process, all its threads together: for work that is all done here, whatever else the machine does. */
export const cpuTime: Clock = async (work) => {
  const begin = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begin);
  return { ms: (user + system) / 1000, servedMs: null };
};
