import { meanOf } from "./gather-replies.js";
import type { ReplyFigures } from "./reply-figures.js";

/**
 * Score of the answer that most of small's repeats have, as the checker read it; several that are equally frequent
 * count as a coin tossed between them. Replies without a readable answer do not vote; none at all is wrong.
 */
export function majorityScore(replies: readonly ReplyFigures[]): number {
  const votes = new Map<string, ReplyFigures[]>();
  for (const reply of replies) {
    if (reply.extracted === null || reply.status !== "ok") continue;
    votes.set(reply.extracted, [...(votes.get(reply.extracted) ?? []), reply]);
  }
  const most = Math.max(0, ...[...votes.values()].map((each) => each.length));
  const winners = [...votes.values()].filter((each) => each.length === most);
  return winners.length === 0 ? 0 : meanOf(winners, (each) => meanOf(each, ({ score }) => score));
}
