import { RouteError } from "./route-error.js";

/** Limits of one reply, in tokens (steps for `maxSteps`). */
export interface ThoughtLimits {
  readonly maxStepTokens: number;
  readonly maxThoughtTokens: number;
  readonly maxAnswerTokens: number;
  readonly maxSteps: number;
  /** The most tokens of thought and answer together; absent: no limit of their sum. */
  readonly maxReplyTokens?: number;
}

/** A model's rendered prompt in its context, in tokens; `null` where nobody tells. */
export interface ContextRoom {
  readonly promptTokens: number | null;
  readonly contextSize: number | null;
}

/** What can be believed of a writer's figures: whole numbers. Limits that are computed from others are none. */
export function contextRoom({ promptTokens, contextSize }: ContextRoom): ContextRoom {
  return { promptTokens: wholeOrNull(promptTokens, 0), contextSize: wholeOrNull(contextSize, 1) };
}

function wholeOrNull(value: unknown, least: number): number | null {
  return Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : null;
}

/** A limit that ends the thought: of its tokens, of a context, of what the reply may cost in tokens or in money. */
export type EndingLimit = "budget" | "context" | "tokens" | "cost";

/** How many tokens a request may generate, and which limit says so. */
export interface Allowance {
  readonly maxTokens: number;
  readonly limitedBy: "step" | EndingLimit;
}

/** Tokens kept free for closing tag and blank lines, which the router adds itself. */
export const CLOSING_TOKENS = 16;

/** Tokens left of a model's context behind its prompt; Infinity where its size is unknown. */
function contextLeft({ promptTokens, contextSize }: ContextRoom): number {
  return contextSize === null ? Number.POSITIVE_INFINITY : contextSize - (promptTokens ?? 0);
}

/**
 * Tokens kept free for the answer: what the answer may have, but at most a quarter of what the prompt
 * leaves, or a small context would leave nothing to think with.
 */
function answerReserve(answerer: ContextRoom, maxAnswerTokens: number): number {
  return CLOSING_TOKENS + Math.min(maxAnswerTokens, Math.floor(contextLeft(answerer) / 4));
}

/**
 * Tokens that the next request of the thought may generate: the least of step cap, thought budget and
 * contexts. 0 or less: no room, the thought must close.
 *
 * @param thoughtTokens - tokens of the thought so far
 * @param writer - the model that is asked; @param answerer - the one that will answer, `null` for none
 */
export function thoughtAllowance(
  limits: ThoughtLimits,
  thoughtTokens: number,
  rooms: {
    readonly writer: ContextRoom;
    readonly answerer: ContextRoom | null;
    readonly capStep: boolean;
  },
): Allowance {
  const { writer, answerer } = rooms;
  const context = Math.min(
    contextLeft(writer) - thoughtTokens,
    answerer === null
      ? Number.POSITIVE_INFINITY
      : contextLeft(answerer) - thoughtTokens - answerReserve(answerer, limits.maxAnswerTokens),
  );
  const budget = thoughtBudget(limits, answerer !== null) - thoughtTokens;
  const step = rooms.capStep ? limits.maxStepTokens : Number.POSITIVE_INFINITY;
  const maxTokens = Math.min(step, budget, context);
  const limitedBy = maxTokens === context ? "context" : maxTokens === budget ? "budget" : "step";
  return { maxTokens, limitedBy };
}

/** Of what a reply may have, a quarter at most is kept free for its answer. */
function thoughtBudget(limits: ThoughtLimits, isAnswered: boolean): number {
  const { maxThoughtTokens, maxAnswerTokens, maxReplyTokens = Number.POSITIVE_INFINITY } = limits;
  if (!isAnswered) return Math.min(maxAnswerTokens, maxReplyTokens);
  const kept = Math.min(maxAnswerTokens, Math.max(1, Math.floor(maxReplyTokens / 4)));
  return Math.min(maxThoughtTokens, maxReplyTokens - kept);
}

/** Tokens that the answer may have. At least 1: what is asked for then fails at the server, in its words. */
export function answerAllowance(
  limits: ThoughtLimits,
  thoughtTokens: number,
  answerer: ContextRoom,
): number {
  const { maxAnswerTokens, maxReplyTokens = Number.POSITIVE_INFINITY } = limits;
  const left = contextLeft(answerer) - thoughtTokens - CLOSING_TOKENS;
  return Math.max(1, Math.min(maxAnswerTokens, maxReplyTokens - thoughtTokens, left));
}

/**
 * Refuses, before anything is spent, a prompt that leaves no room for a thought and its answer.
 *
 * @throws RouteError `context` with the figures
 */
export function checkRoom(role: string, { promptTokens, contextSize }: ContextRoom): void {
  if (contextSize === null || promptTokens === null) return;
  const least = 4 * CLOSING_TOKENS;
  if (contextSize - promptTokens < least) {
    throw new RouteError(
      "context",
      `The prompt has ${promptTokens} tokens for the ${role} model, whose context holds ${contextSize}: too little room for an answer (at least ${least} tokens). Shorten the prompt, or serve the model with a larger context.`,
    );
  }
}
