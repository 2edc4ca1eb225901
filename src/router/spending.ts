import { RouteError } from "../core/route-error.js";
import {
  affordable,
  affordableAnswer,
  type Spending,
  spendingLimits,
} from "../core/spending-limit.js";
import { type Allowance, CLOSING_TOKENS } from "../core/thought-budget.js";
import { spentTokens } from "./count-written.js";
import { answererOf } from "./degraded.js";
import { endThought } from "./end-step.js";
import type { RouteConfig } from "./route-config.js";
import { addUsage } from "./spent.js";
import type { Role } from "./step-writer.js";
import type { ThoughtDraft } from "./thought-draft.js";
import { type ThoughtState, tokensSoFar } from "./thought-state.js";

/** What a request of the thought may generate, by its allowance and by what the reply may still cost. */
export function withinSpending(
  config: RouteConfig,
  state: ThoughtState,
  role: Role,
  allowance: Allowance,
): Allowance {
  return spendingLimits(config).reduce<Allowance>((least, limit) => {
    const writer = { role, reads: readsNow(state, role) };
    const maxTokens = affordable(limit, spendingOf(config, state), writer);
    return maxTokens < least.maxTokens ? { maxTokens, limitedBy: limit.reason } : least;
  }, allowance);
}

/** The same for the answer. At least 1: it is given in any case. */
export function answerWithinSpending(
  config: RouteConfig,
  state: ThoughtState,
  maxTokens: number,
): number {
  const spending = spendingOf(config, state);
  const each = spendingLimits(config).map((limit) => affordableAnswer(limit, spending));
  return Math.max(1, Math.min(maxTokens, ...each));
}

/** What was asked beside the thought leaves its open stream less to write, or nothing. */
export function narrowStream(draft: ThoughtDraft): void {
  const { config, state } = draft;
  for (const limit of spendingLimits(config)) {
    const { stream, waits } = state;
    if (stream === null || waits !== null) return;
    const { role, received } = stream;
    const more = affordable(limit, spendingOf(config, state), { role, reads: 0 });
    if (more < 1) return endThought(draft, limit.reason);
    if (received + more >= stream.maxTokens) continue;
    state.stream = { ...stream, maxTokens: received + more, limitedBy: limit.reason };
  }
}

/**
 * Refuses, before anything is spent, a limit that leaves no room for an answer.
 *
 * @throws RouteError `invalid_option` with the figures
 */
export function requireAffordable(config: RouteConfig, state: ThoughtState): void {
  const role = config.thinking === false ? "small" : answererOf(config, state);
  const reads = config.thinking === false ? readsNow(state, role) : 0;
  const spending = spendingOf(config, state);
  for (const limit of spendingLimits(config)) {
    if (affordable(limit, spending, { role, reads }) >= 0) continue;
    const option = limit.reason === "tokens" ? "maxTotalTokens" : "maxCost";
    const prompt = state.rooms[role].promptTokens ?? "an unknown number of";
    throw new RouteError(
      "invalid_option",
      `\`${option}\` is ${limit.most}: too little for an answer, since the prompt has ${prompt} tokens for the ${role} model. Raise it, or shorten the prompt.`,
    );
  }
}

/** So far, with what the open request has cost. */
function spendingOf(config: RouteConfig, state: ThoughtState): Spending {
  const { maxAnswerTokens, thinking } = config;
  const answerBy = answererOf(config, state);
  const { stream, usage } = state;
  const answer =
    thinking === false
      ? null
      : { role: answerBy, input: readsNow(state, answerBy) + CLOSING_TOKENS };
  if (stream === null) return { usage, answer, maxAnswerTokens };
  const open = addUsage(usage[stream.role], spentTokens(stream, 0));
  return { usage: { ...usage, [stream.role]: open }, answer, maxAnswerTokens };
}

/**
 * Tokens of prompt and thought that a model would read now. Where nobody tells those of its prompt: at least as many as
 * its requests so far have read on the average.
 */
function readsNow(state: ThoughtState, role: Role): number {
  const { rooms, requests, usage } = state;
  const thought = tokensSoFar(state);
  const { promptTokens } = rooms[role];
  if (promptTokens !== null) return promptTokens + thought;
  const average = usage[role].input_tokens / Math.max(1, requests[role]);
  return Math.max(thought, Math.ceil(average));
}
