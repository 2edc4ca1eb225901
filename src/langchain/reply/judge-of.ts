import type { BaseMessage } from "@langchain/core/messages";
import { GlimpRouterError } from "../../errors.js";
import { type Judge, ratingJudge } from "../../router/judge-step.js";
import { likelihoodJudge } from "../../router/likelihood-judge.js";
import type { Opening, Role, StepWriter } from "../../router/step-writer.js";
import type { Secrets } from "../../writers/connection/secrets.js";
import type { ResolvedVerify } from "../options/verify-options.js";
import { safely } from "./safely.js";

/** What a judge may look at. */
export interface JudgedReply {
  readonly messages: readonly BaseMessage[];
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  readonly topLogprobs: number;
  /** What the record may not quote. */
  readonly secrets: () => Secrets;
}

/** Who judges the steps of a reply; `undefined` where nobody does. */
export function judgeOf(verify: ResolvedVerify | undefined, reply: JudgedReply): Judge | undefined {
  if (verify === undefined) return undefined;
  const judge = judgeBy(verify, reply);
  return (step, signal) => safely(() => judge(step, signal), reply.secrets);
}

function judgeBy(
  { judge, maxContext = Infinity }: ResolvedVerify,
  { messages, writers, openings, topLogprobs }: JudgedReply,
): Judge {
  if (typeof judge === "function") {
    return async ({ thought, step }, signal) => ({
      value: await judge({ prompt: messages, thought, step, signal }),
    });
  }
  const role = judge === "self" ? "small" : "large";
  const model = { writer: writers[role], opening: openings[role] };
  if (judge === "likelihood") return likelihoodJudge(role, { ...model, maxContext });
  return ratingJudge(role, { ...model, topLogprobs });
}

/**
 * Few servers tell how likely a given text is.
 *
 * @throws GlimpRouterError `invalid_option` before anything is paid for
 */
export function checkJudge(
  verify: ResolvedVerify | undefined,
  { large }: Readonly<Record<Role, StepWriter>>,
): void {
  if (verify?.judge !== "likelihood" || large.scorePrompt !== undefined) return;
  const who = large.kind === "ask" ? "is prompted" : "cannot tell how likely a given text is";
  throw new GlimpRouterError(
    `\`verify.by\` is "likelihood", and the large model ${who} (continuation "${large.kind}"). It takes a large model on vLLM ("vllm") or SGLang ("sglang"), or one in this process ("local"). Otherwise take "score", "self" or a function of your own.`,
    { reason: "invalid_option", role: "large" },
  );
}
