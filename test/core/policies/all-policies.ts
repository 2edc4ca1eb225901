import { above } from "../../../src/core/policies/above.js";
import { always } from "../../../src/core/policies/always.js";
import { and } from "../../../src/core/policies/and.js";
import { atSteps } from "../../../src/core/policies/at-steps.js";
import { below } from "../../../src/core/policies/below.js";
import { entropyAbove } from "../../../src/core/policies/entropy-above.js";
import { firstSteps } from "../../../src/core/policies/first-steps.js";
import { maxHandoffs } from "../../../src/core/policies/max-handoffs.js";
import { normalizedEntropyAbove } from "../../../src/core/policies/normalized-entropy-above.js";
import { not } from "../../../src/core/policies/not.js";
import { once } from "../../../src/core/policies/once.js";
import { or } from "../../../src/core/policies/or.js";
import { random } from "../../../src/core/policies/random.js";
import { targetRate } from "../../../src/core/policies/target-rate.js";
import type { RoutePolicy } from "../../../src/core/route-policy.js";

/** Every policy, made anew: `targetRate` learns from reply to reply. */
export const ALL_POLICIES: Readonly<Record<string, (seed?: number) => RoutePolicy>> = {
  "always large": () => always("large"),
  "always small": () => always("small"),
  above: () => above(1),
  below: () => below(1),
  entropyAbove: () => entropyAbove(1),
  normalizedEntropyAbove: () => normalizedEntropyAbove(0.4),
  targetRate: () => targetRate(0.4, { start: 1, gain: 0.3 }),
  maxHandoffs: () => maxHandoffs(3),
  "maxHandoffs with a cooldown": () => maxHandoffs(3, { cooldown: 1 }),
  firstSteps: () => firstSteps(2),
  atSteps: () => atSteps([1, 3]),
  random: (seed) => random(0.5, seed),
  "once(random)": (seed) => once(random(0.3, seed)),
  and: (seed) => and(random(0.8, seed), targetRate(0.6, { start: 0.5 }), maxHandoffs(4)),
  or: (seed) => or(above(1.5), random(0.2, seed), once(below(0.2))),
  not: () => not(above(1)),
};
