import type { Estimate } from "../statistics/estimate.js";
import { ratioEstimate } from "../statistics/ratio-estimate.js";

/** Decisions that a running router looks back on. */
const WINDOW = 500;

/** z of one time in a thousand, two-sided: a router looks again and again. */
const RARELY = 3.29;

/** What one reply decided. */
export interface DecidedReply {
  readonly decisions: number;
  readonly handedOver: number;
}

/**
 * Hand-overs a decision, and where the rate of the next 500 decisions lies: the error of the rate itself and the spread of a
 * window, both between replies, since the decisions of one reply are alike. Never narrower than for independent ones.
 *
 * Variance of the ratio estimator (Cochran, Sampling Techniques, 1977, 6.3) of the data and of the window, added up.
 */
export function rateInterval(replies: readonly DecidedReply[]): Estimate {
  const asked = replies.filter(({ decisions }) => decisions > 0);
  const { value } = ratioEstimate(
    asked.map(({ decisions, handedOver }) => ({ part: handedOver, of: decisions })),
  );
  const decisions = asked.reduce((sum, reply) => sum + reply.decisions, 0);
  if (decisions === 0) return { value: 0, lo: 0, hi: 1 };
  const n = asked.length;
  const squares = asked.reduce(
    (sum, reply) => sum + (reply.handedOver - value * reply.decisions) ** 2,
    0,
  );
  const between = n < 2 ? 0 : (squares / (n - 1)) * (n / decisions);
  const variance = Math.max(between, value * (1 - value)) * (1 / decisions + 1 / WINDOW);
  const half = RARELY * Math.sqrt(variance);
  return { value, lo: Math.max(0, value - half), hi: Math.min(1, value + half) };
}
