import { RouteError } from "../../core/route-error.js";
import type { TokenLogprob } from "../../core/token-distribution.js";

/**
 * The most probability that may be uncertain after a repair. Estimates lie in the middle, so half of it is
 * the most that they are wrong by, which moves an entropy by about 0.01 nats: as much as two real engines do.
 */
const MASS_SLACK = 4e-3;

/** Float noise; more over 1 than this are two scales. */
const MOST_OVER = -0.01;

/** Of probabilities that were 32-bit numbers, added up. */
const ROUNDING = 1e-6;

/** Keys that JavaScript sorts by number, wherever they stood in the JSON. */
const REORDERED_KEY = /^(0|[1-9]\d*)$/;

/** Texts that several ids share as a rule: bytes of a character that is not complete. */
const BYTE_TEXT = /^$|\ufffd/;

/** Candidates by their text. JSON has no -Infinity: some servers write `null`. */
export type TopMap = Readonly<Record<string, number | null>>;

/** `null` is an impossible candidate. One that is no number else is NaN, which is reported where it is used. */
export function candidateLogprob(logprob: unknown): number {
  if (logprob === null) return Number.NEGATIVE_INFINITY;
  return typeof logprob === "number" ? logprob : Number.NaN;
}

/**
 * Reads the candidates of one position from the map that text completions give, keyed by token TEXT. Two
 * ids with one text fall together there, and on vLLM the LESS likely wins: the mass of the other is gone.
 * What can be told is repaired (the sampled token by its own log-probability, others by their place in the
 * map, which is that of the likelier twin); what cannot is reported when it matters.
 *
 * @param sampled - the generated token; its own log-probability is listed beside the map
 * @param k - how many candidates were asked for
 * @throws RouteError `bad_logprobs` where an unknown share of the probability is missing
 */
export function readTopMap(
  map: TopMap,
  sampled: { readonly token: string; readonly logprob: number | null },
  k: number,
): readonly TokenLogprob[] {
  const entries = Object.entries(map).map(
    ([token, logprob]) => [token, candidateLogprob(logprob)] as const,
  );
  const top = entries.map(([token, logprob]) => ({ token, logprob }));
  if (sampled.logprob !== null && map[sampled.token] !== sampled.logprob) {
    top.push({ token: sampled.token, logprob: sampled.logprob });
  }
  const left = 1 - massOf(top);
  if (left < MOST_OVER) {
    throw new RouteError(
      "bad_logprobs",
      `The candidates of token ${JSON.stringify(sampled.token)} add up to more than 1: the server reports the generated token and its candidates on different scales. Serve raw log-probabilities (vLLM: --logprobs-mode raw_logprobs).`,
    );
  }
  const missing = k - top.length;
  if (missing <= 0) return top;
  return [...top, ...restoreTwins(entries, { sampled, missing, left, k })];
}

/**
 * Does `readTopMap` take the map of these log-probabilities as it is? They stand in the map's order, the sampled
 * token's own among them; where there are fewer than `k`, none is a byte's.
 */
export function isWholeMap(logprobs: readonly number[], k: number): boolean {
  let left = 1;
  let isRanked = true;
  let before = Number.POSITIVE_INFINITY;
  for (const logprob of logprobs) {
    left -= Math.exp(logprob);
    isRanked &&= logprob <= before;
    before = logprob;
  }
  return left >= MOST_OVER && (logprobs.length >= k || (isRanked && left <= MASS_SLACK));
}

interface Loss {
  readonly sampled: { readonly token: string };
  readonly missing: number;
  readonly left: number;
  readonly k: number;
}

/** Candidates that fell together with others, estimated between their neighbours in the map. */
function restoreTwins(
  entries: readonly (readonly [string, number])[],
  loss: Loss,
): readonly TokenLogprob[] {
  // The sampled token stands first whatever its rank, and digit keys have lost their place.
  const ranked = entries.filter(
    ([token], index) =>
      !REORDERED_KEY.test(token) && (index > 0 || token !== loss.sampled.token || token === ""),
  );
  const matters = loss.left > MASS_SLACK;
  const restored: TokenLogprob[] = [];
  for (const index of ranked.keys()) {
    const missing = loss.missing - restored.length;
    if (missing === 0) break;
    const place = placeOfTwin(ranked, index, loss.left);
    if (place === null) continue;
    const { token, highest, lowest } = place;
    const twins = place.isOne ? 1 : missing;
    const unsure = (Math.exp(highest) - Math.exp(lowest)) * twins;
    if (matters && unsure > MASS_SLACK) throw lostCandidates(loss);
    restored.push(...copies(twins, token, (highest + lowest) / 2));
  }
  if (!matters) return restored.length === 0 ? restored : withTail(restored, ranked, loss.missing);
  if (restored.length < loss.missing) throw lostCandidates(loss);
  return restored;
}

/** Between what an entry's likelier twin must have been; `null` where nothing says that it has one. */
function placeOfTwin(ranked: readonly (readonly [string, number])[], index: number, left: number) {
  const [token, logprob] = ranked[index] ?? ["", 0];
  const next = ranked[index + 1]?.[1] ?? Number.NEGATIVE_INFINITY;
  // Written at the place of its likelier twin, with its own lower value.
  const isOne = next > logprob;
  if (!isOne && !BYTE_TEXT.test(token)) return null;
  // Rounding may leave less than nothing.
  const most = Math.log(Math.max(left, ROUNDING));
  const highest = Math.min(ranked[index - 1]?.[1] ?? 0, most);
  const lowest = Math.min(highest, isOne ? next : logprob);
  // Nothing is told between a candidate and an impossible one: it is reported where it weighs something.
  if (lowest === Number.NEGATIVE_INFINITY && left <= MASS_SLACK) return null;
  return { token, isOne, highest, lowest };
}

/**
 * Where only the tail fell together, it weighs nothing, but a mean over all candidates (the point `window`) would
 * miss it: what left no place of its own is taken for as unlikely as the last in the map.
 */
function withTail(
  restored: readonly TokenLogprob[],
  ranked: readonly (readonly [string, number])[],
  missing: number,
): readonly TokenLogprob[] {
  const least = Math.min(...ranked.map(([, logprob]) => logprob));
  return [...restored, ...copies(missing - restored.length, "", least)];
}

function copies(count: number, token: string, logprob: number): readonly TokenLogprob[] {
  return Array.from({ length: count }, () => ({ token, logprob }));
}

function massOf(top: readonly TokenLogprob[]): number {
  return top.reduce((mass, { logprob }) => mass + Math.exp(logprob), 0);
}

function lostCandidates({ sampled, missing, left, k }: Loss): RouteError {
  return new RouteError(
    "bad_logprobs",
    `Of ${k} candidates for the token ${JSON.stringify(sampled.token)} only ${k - missing} came, and up to ${(left * 100).toFixed(1)} % of the probability is missing. Either the server gives fewer than asked for (set \`topLogprobs: ${k - missing}\`), or several tokens with the same text fell together in its map of log-probabilities (\`continuation: "vllm-chat"\` gets a list instead).`,
  );
}
