import { meanSurprise } from "../core/verification/surprise.js";
import { asideCost } from "./aside.js";
import type { Judge } from "./judge-step.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";

/** A model as judge that writes nothing: how unlikely would it have been to write the step itself? */
export function likelihoodJudge(
  role: Role,
  {
    writer,
    opening,
    maxContext,
  }: {
    readonly writer: StepWriter;
    readonly opening: Opening;
    /** Tokens; beyond it a model that reads all anew for it is not asked. */
    readonly maxContext: number;
  },
): Judge {
  return async ({ thought, step, tokens }, signal) => {
    if (writer.scorePrompt === undefined) {
      throw new Error(`a writer of kind ${writer.kind} cannot score a given text`);
    }
    const context = (opening.promptTokens ?? 0) + tokens;
    if (writer.scoresAnew === true && context > maxContext) {
      throw new Error(
        `not asked: the server would read all ${context} tokens anew, and verify.maxContext is ${maxContext}`,
      );
    }
    const how = { topLogprobs: 0 };
    const scored = await writer.scorePrompt(opening, thought, step, how, signal);
    const value = meanSurprise(scored.tokens);
    if (value === null) {
      throw new Error(`no log-probability of each of the step's ${scored.tokens.length} tokens`);
    }
    const estimate = { input_tokens: context, output_tokens: 0 };
    return { value, asked: asideCost(role, scored.usage, estimate) };
  };
}
