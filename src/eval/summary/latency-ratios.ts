import { geometricRatio } from "../statistics/geometric-ratio.js";
import type { ArmReplies, Gathered } from "./gather-replies.js";
import type { ReplyFigures } from "./reply-figures.js";
import type { LatencyRatio } from "./summary.js";

/**
 * Times of every arm over large's in one call, at each load at which both were run: geometric means over the same
 * problems and repeats, intervals over clusters. Replies that failed took no time that means anything: left out.
 */
export function latencyRatios(gathered: Gathered, alpha: number): LatencyRatio[] {
  const large = gathered.arms.get("large");
  if (large === undefined) return [];
  return [...gathered.arms].flatMap(([arm, replies]) =>
    arm === "large" ? [] : loadsOf(replies).flatMap((atOnce) => ratioAt(arm, atOnce)),
  );

  function ratioAt(arm: string, atOnce: number): LatencyRatio[] {
    const replies = gathered.arms.get(arm) ?? new Map<string, readonly ReplyFigures[]>();
    const pairs = pairReplies(gathered, replies, large as ArmReplies, atOnce);
    // One cluster has no interval.
    if (new Set(pairs.map(({ cluster }) => cluster)).size < 2) return [];
    const timed = (ms: (reply: ReplyFigures) => number | null) =>
      pairs.flatMap(({ own, other, cluster }) => {
        const [first, second] = [ms(own), ms(other)];
        return first !== null && second !== null && first > 0 && second > 0
          ? [{ first, second, cluster }]
          : [];
      });
    const toAnswer = timed(({ msToAnswer }) => msToAnswer);
    return [
      {
        arm,
        atOnce,
        ratio: geometricRatio(
          timed(({ ms }) => ms),
          alpha,
        ),
        toAnswer: toAnswer.length === pairs.length ? geometricRatio(toAnswer, alpha) : null,
        throughput: ratioOf(
          speedOf(pairs.map(({ own }) => own)),
          speedOf(pairs.map((p) => p.other)),
        ),
      },
    ];
  }
}

function loadsOf(replies: ArmReplies): number[] {
  const loads = new Set([...replies.values()].flat().map(({ atOnce }) => atOnce));
  return [...loads].sort((a, b) => a - b);
}

function pairReplies(gathered: Gathered, replies: ArmReplies, large: ArmReplies, atOnce: number) {
  const isTimed = (reply: ReplyFigures) => reply.atOnce === atOnce && reply.status !== "error";
  return [...replies].flatMap(([problem, each]) =>
    each.filter(isTimed).flatMap((own) => {
      const other = large
        .get(problem)
        ?.find((reply) => isTimed(reply) && reply.repeat === own.repeat);
      const cluster = gathered.clusterOf.get(problem) ?? problem;
      return other === undefined ? [] : [{ own, other, cluster }];
    }),
  );
}

/** Kept tokens a second while the arm was busy: the time in which at least one of its replies was under way. */
function speedOf(replies: readonly ReplyFigures[]): number {
  const tokens = replies.reduce(
    (sum, { smallTokens, largeTokens, discardedTokens }) =>
      sum + smallTokens + largeTokens - discardedTokens,
    0,
  );
  let [busy, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { startedAt, ms } of [...replies].sort((a, b) => a.startedAt - b.startedAt)) {
    busy += Math.max(0, startedAt + ms - Math.max(until, startedAt));
    until = Math.max(until, startedAt + ms);
  }
  return tokens / busy;
}

function ratioOf(first: number, second: number): number | null {
  return Number.isFinite(first / second) ? first / second : null;
}
