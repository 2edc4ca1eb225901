import { type PaidUsage, type Prices, replyCost, tokenCost } from "./reply-cost.js";
import type { Route } from "./route-policy.js";

/** The most that a reply may cost: in money, or in tokens, which are money that has a price of 1 each. */
export interface SpendingLimit {
  readonly reason: "tokens" | "cost";
  readonly most: number;
  readonly prices: Prices;
}

/** What a reply has cost so far, and what its answer must read. */
export interface Spending {
  readonly usage: PaidUsage;
  /** `input`: tokens of prompt and thought that an answer would read now. `null`: no answer follows. */
  readonly answer: { readonly role: Route; readonly input: number } | null;
  readonly maxAnswerTokens: number;
}

/** Of a token: sums of fractions are no more exact. */
const ROUNDING = 1e-9;

const MILLION = 1_000_000;
const EACH = { input: MILLION, output: MILLION };

/** @param limits - `maxCost` says nothing without prices */
export function spendingLimits({
  maxTotalTokens,
  maxCost,
  prices,
}: {
  readonly maxTotalTokens?: number | undefined;
  readonly maxCost?: number | undefined;
  readonly prices?: Prices | undefined;
}): readonly SpendingLimit[] {
  const limits: SpendingLimit[] = [];
  if (maxTotalTokens !== undefined) {
    const prices = { small: EACH, large: EACH };
    limits.push({ reason: "tokens", most: maxTotalTokens, prices });
  }
  if (maxCost !== undefined && prices !== undefined) {
    limits.push({ reason: "cost", most: maxCost, prices });
  }
  return limits;
}

/**
 * Tokens that a model may write so that the answer behind them still fits; below 0: not even the answer does.
 *
 * @param writer.reads - tokens that it must read before; 0 for a stream that is open
 */
export function affordable(
  limit: SpendingLimit,
  spending: Spending,
  writer: { readonly role: Route; readonly reads: number },
): number {
  const { prices } = limit;
  const { answer } = spending;
  const left =
    leftOf(limit, spending) -
    cost(writer.reads, 0, prices[writer.role]) -
    cost(0, answerReserve(limit, spending), prices[answer?.role ?? "large"]);
  // What is written is paid for, and once more where the answer reads it.
  const each =
    cost(0, 1, prices[writer.role]) + (answer === null ? 0 : cost(1, 0, prices[answer.role]));
  return shareOf(left, each);
}

/** Tokens that the answer may have. */
export function affordableAnswer(limit: SpendingLimit, spending: Spending): number {
  const { answer } = spending;
  if (answer === null) return Number.POSITIVE_INFINITY;
  return shareOf(leftOf(limit, spending), cost(0, 1, limit.prices[answer.role]));
}

/** Tokens kept for the answer: what it may have, but at most a quarter of the limit, as of a context. */
function answerReserve(
  { most, prices }: SpendingLimit,
  { answer, maxAnswerTokens }: Spending,
): number {
  if (answer === null) return 0;
  return Math.min(maxAnswerTokens, shareOf(most / 4, cost(0, 1, prices[answer.role])));
}

/** What is left when the answer has read what it must. */
function leftOf({ most, prices }: SpendingLimit, { usage, answer }: Spending): number {
  const reading = answer === null ? 0 : cost(answer.input, 0, prices[answer.role]);
  return most - replyCost(usage, prices) - reading;
}

/** Not cached, as far as anybody knows beforehand. */
function cost(input_tokens: number, output_tokens: number, price: Prices["small"]): number {
  return tokenCost({ input_tokens, cached_tokens: null, output_tokens }, price);
}

function shareOf(left: number, each: number): number {
  if (each === 0) return left < 0 ? -1 : Number.POSITIVE_INFINITY;
  return Math.floor(left / each + ROUNDING);
}
