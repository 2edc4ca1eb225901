import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Role, StepWriter } from "../../router/step-writer.js";
import { billingHost } from "../../writers/billing-host.js";
import { type Continuation, isStepWriter, ownWriter } from "../../writers/step-writer-for.js";
import { invalidOption } from "../options/invalid-option.js";
import type { ResolvedWarm } from "../options/warm-options.js";

/** A model that may have to be warmed. */
interface FoundModel {
  readonly role: Role;
  readonly model: BaseChatModel;
  readonly continuation: Continuation;
  readonly writer: StepWriter<never>;
}

/**
 * Refuses to warm a model, before anything is paid for, where there is nothing to be gained, or where somebody bills it.
 *
 * @throws GlimpRouterError `invalid_option` naming the model, why, and the remedy
 */
export function checkWarm(
  warm: ResolvedWarm | undefined,
  { role, model, continuation, writer }: FoundModel,
): void {
  if (warm === undefined || !warm.roles.includes(role)) return;
  const remedy = role === "small" ? 'Give "large", or leave it out.' : "Leave it out.";
  if (writer.warm === undefined) {
    throw invalidOption("warm", warm.models, `${whyNot(role, writer)} ${remedy}`);
  }
  // Where the requests of a writer of the user's own go, and what they cost, is its own affair.
  if (warm.billed || isStepWriter(continuation) || ownWriter(model) !== null) return;
  const host = billingHost(model, role);
  if (host === null) return;
  throw invalidOption(
    "warm",
    warm.models,
    `The ${role} model is served by ${host}, a hosted API that bills what it reads: prompt and thought would be billed once more for each ${warm.minTokens} tokens. ${remedy} If you want that all the same, give { models: "${warm.models}", billed: true }.`,
  );
}

function whyNot(role: Role, { kind }: StepWriter<never>): string {
  if (kind === "ask") {
    return `The ${role} model is prompted (continuation "ask"): each step is a question of its own, which no prefix of the thought prepares.`;
  }
  if (kind === "local") {
    return `The ${role} model runs in this process, where reading ahead takes the processor from the model that writes.`;
  }
  return `The ${role} model's continuation ${JSON.stringify(kind)} has no \`warm\`.`;
}
