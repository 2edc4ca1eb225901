import { bootstrapClusters, type Resampled } from "../statistics/cluster-bootstrap.js";
import { indexClusters } from "../statistics/cluster-index.js";
import { clusterInterval, orOpen } from "../statistics/cluster-interval.js";
import { clusteredMean } from "../statistics/clustered-mean.js";
import type { Estimate } from "../statistics/estimate.js";
import { pointOver } from "./arm-figures.js";
import { type CascadeReply, cascadeOver } from "./cascade.js";
import type { ComparisonOptions } from "./compare-arms.js";
import { commonProblems, figuresOn, type Gathered, meanOf } from "./gather-replies.js";
import { majorityScore } from "./majority.js";
import { chordAt, coinFor } from "./nulls.js";
import type { ReplyFigures } from "./reply-figures.js";
import type { ArmSummary } from "./summary.js";

/** The arms that are had from other arms' records, without a request of their own. */
export function replayedArms(
  gathered: Gathered,
  primary: string,
  summaries: readonly ArmSummary[],
  options: ComparisonOptions,
): ArmSummary[] {
  const [small, large] = ["small", "large"].map((arm) => summaries.find((s) => s.arm === arm));
  if (small === undefined) return [];
  const majority = majorityArm(gathered, small, options.alpha);
  if (large === undefined || gathered.arms.get(primary) === undefined) return majority;
  return [
    ...chordArm(gathered, primary, { small, large }, options),
    ...cascadeArm(gathered, primary, { small, large }, options),
    ...majority,
  ];
}

type Ends = { readonly small: ArmSummary; readonly large: ArmSummary };

function chordArm(
  gathered: Gathered,
  primary: string,
  ends: Ends,
  options: ComparisonOptions,
): ArmSummary[] {
  const problems = commonProblems(gathered, ["small", "large", primary]);
  if (problems.length === 0) return [];
  const { of, count } = clustersOf(gathered, problems);
  const [small, large, own] = ["small", "large", primary].map((arm) =>
    pointOver(figuresOn(gathered, arm, problems), of, count),
  ) as [Over, Over, Over];
  const [level, coin] = bootstrapClusters(
    count,
    (weights) => {
      const points = [own(weights), small(weights), large(weights)] as const;
      return [chordAt(...points), coinFor(...points)];
    },
    options,
  ) as [Resampled, Resampled];
  const about =
    "A coin per question between small alone and large alone, at the primary arm's cost";
  const accuracy = clusterInterval(level, count, options.alpha);
  return [mixed("chord", about, ends, problems.length, accuracy, 1 - coin.estimate, coin.estimate)];
}

type Over = ReturnType<typeof pointOver>;

function cascadeArm(
  gathered: Gathered,
  primary: string,
  ends: Ends,
  options: ComparisonOptions,
): ArmSummary[] {
  const problems = commonProblems(gathered, ["small", "large", primary]);
  const { of, count } = clustersOf(gathered, problems);
  const replies = problems.flatMap((problem, i) => cascadeReplies(gathered, problem, of[i] ?? 0));
  const isKnown = replies.every(({ surprise }) => Number.isFinite(surprise));
  if (replies.length === 0 || !isKnown) return [];
  const own = pointOver(figuresOn(gathered, primary, problems), of, count);
  const cascade = cascadeOver(replies);
  const sizes = new Array<number>(count).fill(0);
  for (const cluster of of) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  const [level, escalated, spent] = bootstrapClusters(
    count,
    (weights) => {
      const n = sizes.reduce((sum, size, cluster) => sum + size * (weights[cluster] ?? 0), 0);
      const point = cascade(weights, own(weights).largeTokens * n);
      return [point.score / n, point.escalated, point.largeTokens / n];
    },
    options,
  ) as [Resampled, Resampled, Resampled];
  const about = "Small alone, and large anew where small was least sure, at the primary arm's cost";
  const accuracy = clusterInterval(level, count, options.alpha);
  const row = mixed("cascade", about, ends, problems.length, accuracy, 1, escalated.estimate);
  const alone = meanOf(figuresOn(gathered, "large", problems).largeTokens, (tokens) => tokens);
  return [{ ...row, largeTokens: spent.estimate, cost: alone > 0 ? spent.estimate / alone : null }];
}

function cascadeReplies(gathered: Gathered, problem: string, cluster: number): CascadeReply[] {
  const small = gathered.arms.get("small")?.get(problem) ?? [];
  const large = gathered.arms.get("large")?.get(problem) ?? [];
  return small.map((reply) => ({
    cluster,
    share: 1 / small.length,
    // A reply that failed has no confidence: large answers it first.
    surprise: reply.status === "error" ? Number.MAX_VALUE : (reply.surprise ?? Number.NaN),
    smallScore: reply.score,
    largeScore: meanOf(large, ({ score }) => score),
    smallsLargeTokens: reply.largeTokens,
    largesLargeTokens: meanOf(large, ({ largeTokens }) => largeTokens),
  }));
}

function majorityArm(gathered: Gathered, small: ArmSummary, alpha: number): ArmSummary[] {
  const problems = [...(gathered.arms.get("small") ?? new Map<string, ReplyFigures[]>())];
  const repeats = Math.min(...problems.map(([, replies]) => replies.length));
  if (problems.length === 0 || repeats < 3) return [];
  const scores = problems.map(([, replies]) => majorityScore(replies));
  const clusters = problems.map(([problem]) => gathered.clusterOf.get(problem) ?? problem);
  const mean = clusteredMean(scores, clusters, alpha);
  const accuracy = orOpen(mean, mean.clusters, alpha);
  const about = `The answer that most of small's ${repeats} repeats have`;
  return [mixed("majority", about, { small, large: small }, problems.length, accuracy, repeats, 0)];
}

/** So many replies of small alone and of large alone for each problem. */
function mixed(
  arm: string,
  about: string,
  { small, large }: Ends,
  n: number,
  accuracy: Estimate,
  ofSmall: number,
  ofLarge: number,
): ArmSummary {
  const mix = (value: (of: ArmSummary) => number) =>
    ofSmall * value(small) + ofLarge * value(large);
  const mixKnown = (value: (of: ArmSummary) => number | null) =>
    value(small) === null || value(large) === null ? null : mix((of) => value(of) ?? 0);
  return {
    arm,
    about,
    replayed: true,
    n,
    replies: 0,
    accuracy: accuracy.value,
    lo: Math.max(0, accuracy.lo),
    hi: Math.min(1, accuracy.hi),
    cost: mixKnown(({ cost }) => cost),
    money: mixKnown(({ money }) => money),
    ms: mix(({ ms }) => ms),
    p50: null,
    p95: null,
    smallTokens: mix(({ smallTokens }) => smallTokens),
    largeTokens: mix(({ largeTokens }) => largeTokens),
    discardedTokens: mix(({ discardedTokens }) => discardedTokens),
    requests: mix(({ requests }) => requests),
    interventionRate: null,
    largeShare: null,
    truncated: 0,
    unparsed: 0,
    errors: 0,
  };
}

function clustersOf(gathered: Gathered, problems: readonly string[]) {
  return indexClusters(problems.map((problem) => gathered.clusterOf.get(problem) ?? problem));
}
