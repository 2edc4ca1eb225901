import { random } from "../../core/policies/random.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import type { VerifyOption } from "../../langchain/options/verify-options.js";
import type { ReplyPlace } from "./arm.js";

/** A seed for each reply: `random` sees no prompt, and one seed would draw the first step of every problem alike. */
export function seedOf(seed: number, { problem, repeat }: ReplyPlace): number {
  return hashOf(`${seed}\n${repeat}\n${problem}`);
}

/** Hands over by chance, once an occasion. */
export function chance(rate: number, seed: number): RoutePolicy {
  return random(rate, seed);
}

/** Rejects by chance, once a step: a judge that knows nothing. */
export function chanceJudge(rate: number, seed: number, when: VerifyOption["when"]): VerifyOption {
  return {
    by: ({ thought, step }) => Number(hashOf(`${seed}\n${thought}\n\n${step}`) / 2 ** 32 < rate),
    threshold: 0.5,
    ...(when === undefined ? {} : { when }),
  };
}

/** FNV-1a with a final avalanche: spread evenly also for texts that differ in one digit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
