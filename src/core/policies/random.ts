import { requireNumber } from "../check-argument.js";
import type { RoutePolicy } from "../route-policy.js";

/**
 * Large by chance, without looking at the value: the baseline that a policy must beat, with the same point,
 * since what a hand-off is worth depends on its place. Drawn once an occasion: an occasion that is asked
 * again has the same draw. The draw depends on `seed`, the occasion and the thought up to the step, so a
 * resumed thought draws the same again; it does not see the prompt, so one seed draws every first step
 * alike: give each prompt a seed of its own.
 *
 * @param rate - expected share of the occasions that go to large, 0 to 1
 * @throws RouteError `invalid_option` where `rate` is outside 0 to 1, or `seed` no number
 */
export function random(rate: number, seed = 0): RoutePolicy {
  requireNumber("`rate` of random()", rate, { least: 0, most: 1 }, "Give a share, 0 to 1.");
  requireNumber("`seed` of random()", seed, {}, "Give a number, such as 1.");
  // A point may ask at every token of a step: the thought before it is hashed once.
  let latest:
    | { readonly step: number; readonly thought: string; readonly hash: number }
    | undefined;
  return ({ point, occasion }, { step, thought }) => {
    if (latest?.step !== step || latest.thought !== thought) {
      latest = { step, thought, hash: fnv1a(`${seed}\n${step}\n${thought}`) };
    }
    return toUnit(fnv1a(placeInStep(point, occasion), latest.hash)) < rate ? "large" : "small";
  };
}

/** Nothing for a step's start, whichever its value: draws there must stay what they were before there were points. */
function placeInStep(point: string, occasion: number): string {
  const isStart = occasion === 0 && (point === "stepStart" || point.startsWith("stepStart:"));
  return isStart ? "" : `\n${point}\n${occasion}`;
}

function fnv1a(text: string, before = 0x811c9dc5): number {
  let hash = before;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** A final avalanche, as a number in [0, 1): spread evenly also for texts that differ in one digit. */
function toUnit(fnv: number): number {
  let hash = Math.imul(fnv ^ (fnv >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
