import { quantile } from "simple-statistics";
import { clusteredMean } from "../statistics/clustered-mean.js";
import type { Estimate } from "../statistics/estimate.js";
import { wilsonInterval } from "../statistics/wilson-interval.js";
import { type ArmReplies, type Gathered, meanIfKnown, meanOf } from "./gather-replies.js";
import type { ReplyFigures } from "./reply-figures.js";
import type { ArmSummary } from "./summary.js";

/** What one arm came to, over the problems that it has answered. */
export function summariseArm(
  gathered: Gathered,
  arm: string,
  about: string,
  alpha: number,
): ArmSummary {
  const problems = gathered.arms.get(arm) ?? new Map<string, readonly ReplyFigures[]>();
  const replies = [...problems.values()].flat();
  // Timed at its calmest, where an arm was run at several loads.
  const atOnce = Math.min(...replies.map((reply) => reply.atOnce));
  const times = replies.filter((reply) => reply.atOnce === atOnce).map(({ ms }) => ms);
  const aProblem = (value: (reply: ReplyFigures) => number) =>
    meanOf([...problems.values()], (each) => meanOf(each, value));
  const inStatus = (status: ReplyFigures["status"]) =>
    replies.filter((reply) => reply.status === status).length;
  const accuracy = accuracyOf(problems, gathered.clusterOf, alpha);
  return {
    arm,
    about,
    replayed: false,
    n: problems.size,
    replies: replies.length,
    accuracy: accuracy.value,
    lo: accuracy.lo,
    hi: accuracy.hi,
    cost: costOf(gathered, arm),
    money: meanIfKnown([...problems.values()], (each) => meanIfKnown(each, ({ money }) => money)),
    ms: meanOf(times, (ms) => ms),
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    smallTokens: aProblem(({ smallTokens }) => smallTokens),
    largeTokens: aProblem(({ largeTokens }) => largeTokens),
    discardedTokens: aProblem(({ discardedTokens }) => discardedTokens),
    requests: aProblem(({ requests }) => requests),
    interventionRate: meanOfKnown(replies, ({ interventionRate }) => interventionRate),
    largeShare: meanOfKnown(replies, ({ largeShare }) => largeShare),
    truncated: inStatus("truncated"),
    unparsed: inStatus("unparsed"),
    errors: inStatus("error"),
  };
}

/** Large's generated tokens over large-alone's, on the problems that both have answered. */
function costOf(gathered: Gathered, arm: string): number | null {
  const [own, large] = [gathered.arms.get(arm), gathered.arms.get("large")];
  if (own === undefined || large === undefined) return null;
  let [written, alone] = [0, 0];
  for (const [problem, replies] of own) {
    const others = large.get(problem);
    if (others === undefined) continue;
    written += meanOf(replies, ({ largeTokens }) => largeTokens);
    alone += meanOf(others, ({ largeTokens }) => largeTokens);
  }
  return alone === 0 ? null : written / alone;
}

/**
 * Wilson's interval where every problem is its own cluster and was answered once, right or wrong; otherwise over
 * clusters. Where all are alike, and an error over clusters would be 0, Wilson's for as many cases as clusters.
 */
function accuracyOf(
  problems: ArmReplies,
  clusterOf: ReadonlyMap<string, string>,
  alpha: number,
): Estimate {
  const scores = [...problems.values()].map((each) => meanOf(each, ({ score }) => score));
  const clusters = [...problems.keys()].map((problem) => clusterOf.get(problem) ?? problem);
  const { value, se, lo, hi, clusters: count } = clusteredMean(scores, clusters, alpha);
  const isSimple = count === scores.length && scores.every((score) => score === 0 || score === 1);
  if (isSimple || !(se > 0)) return wilsonInterval(value * count, count, alpha);
  return { value, lo: Math.max(0, lo), hi: Math.min(1, hi) };
}

function meanOfKnown(
  replies: readonly ReplyFigures[],
  value: (reply: ReplyFigures) => number | null,
): number | null {
  const known = replies.map(value).filter((each) => each !== null);
  return known.length === 0 ? null : meanOf(known, (each) => each);
}
