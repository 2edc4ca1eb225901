import type { RoutingRecord } from "../../src/index.js";
import { median, sum } from "../statistics.js";
import type { WarmReplies, Way } from "./measure-ways.js";
import type { WarmSetting } from "./settings.js";

/** Milliseconds from a glimpse to large's first token, without that token's own time: the median of all hand-offs. */
export function waitOf(way: Way, replies: WarmReplies, { server }: WarmSetting): number {
  const waits = replies[way].flatMap(({ record }) =>
    largeParts(record).map(({ ms, tokens }) => ms - tokens * server.msPerToken.large),
  );
  return median(waits);
}

function largeParts({ steps }: RoutingRecord) {
  return steps.flatMap(({ parts }) => parts.filter(({ route }) => route === "large"));
}

/** Of each round the reply's time against that without. */
export function timesAgainstOff(way: Way, replies: WarmReplies): number[] {
  return replies[way].map(({ ms }, round) => ms / (replies.off[round]?.ms ?? Number.NaN));
}

/** Of a reply: requests that only read. */
export function warmRequests(way: Way, replies: WarmReplies): number {
  const counts = replies[way].map(({ record }) => record.warm?.requests ?? 0);
  return sum(counts) / counts.length;
}

/**
 * Tokens from which on a request that only reads saves more than it costs large's server: a request and a token, against the
 * reading that a hand-off need not wait for.
 */
export function breakEvenTokens({ server }: WarmSetting): number {
  const { msPerRequest, msPerToken, prefill } = server;
  return (msPerRequest + msPerToken.large) / prefill.msPerToken.large;
}
