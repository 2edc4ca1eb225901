import type { ClusterWeights } from "../statistics/cluster-bootstrap.js";

/** A reply of small alone, and what large alone does with the same problem. */
export interface CascadeReply {
  readonly cluster: number;
  /** Its share of its problem: 1 / repeats. */
  readonly share: number;
  /** Small's mean -log p a token: the higher, the less sure. */
  readonly surprise: number;
  readonly smallScore: number;
  readonly largeScore: number;
  readonly smallsLargeTokens: number;
  readonly largesLargeTokens: number;
}

/** A cascade at some cost. */
export interface CascadePoint {
  /** Sum over problems. */
  readonly score: number;
  /** Share of the problems that large answers, too. */
  readonly escalated: number;
  /** Sum over problems; the budget, unless large answers them all for less. */
  readonly largeTokens: number;
}

/**
 * Small answers; where it was unsure, large answers anew. The threshold of "unsure" is the one that spends the
 * budget, so nothing about right or wrong is looked at to choose it; at the threshold itself a coin decides.
 *
 * @returns for weights of the clusters and a budget of large's tokens over all problems together
 */
export function cascadeOver(
  replies: readonly CascadeReply[],
): (weights: ClusterWeights, budget: number) => CascadePoint {
  const unsure = [...replies].sort((a, b) => b.surprise - a.surprise);
  return (weights, budget) => {
    let left = budget;
    let [score, problems, escalated] = [0, 0, 0];
    for (const reply of unsure) left -= weightOf(reply, weights) * reply.smallsLargeTokens;
    for (const reply of unsure) {
      const weight = weightOf(reply, weights);
      const price = weight * reply.largesLargeTokens;
      const part = price <= 0 ? 1 : Math.min(1, Math.max(0, left / price));
      left -= part * price;
      problems += weight;
      escalated += part * weight;
      score += weight * (reply.smallScore + part * (reply.largeScore - reply.smallScore));
    }
    return { score, escalated: escalated / problems, largeTokens: budget - left };
  };
}

function weightOf(reply: CascadeReply, weights: ClusterWeights): number {
  return reply.share * (weights[reply.cluster] ?? 0);
}
