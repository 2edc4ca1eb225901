import type { BaseMessage } from "@langchain/core/messages";
import { GlimpRouterError } from "../../errors.js";
import type { Judge } from "../../router/judge-step.js";
import { modelJudge, whyNoJudge } from "../../router/model-judge.js";
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

function judgeBy({ judge, maxContext }: ResolvedVerify, reply: JudgedReply): Judge {
  if (typeof judge !== "function") return modelJudge(judge, { ...reply, maxContext });
  return async ({ thought, step }, signal) => ({
    value: await judge({ prompt: reply.messages, thought, step, signal }),
  });
}

/** @throws GlimpRouterError `invalid_option` before anything is paid for, where the judge cannot judge */
export function checkJudge(
  verify: ResolvedVerify | undefined,
  { large }: Readonly<Record<Role, StepWriter>>,
): void {
  const why = whyNoJudge(verify?.judge, large);
  if (why === null) return;
  throw new GlimpRouterError(`\`verify.by\` is ${why}`, {
    reason: "invalid_option",
    role: "large",
  });
}
