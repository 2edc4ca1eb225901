import type { Glimpse, RouteContext } from "../../../src/core/route-policy.js";

/** A glimpse at a step's start with this H_init, or at another place. */
export function glimpse(value: number, at: Partial<Glimpse> = {}): Glimpse {
  return {
    point: "stepStart",
    value,
    occasion: 0,
    entropies: [value],
    token: "So",
    entropy: value,
    normalizedEntropy: value / 3,
    margin: 0.5,
    candidates: [],
    ...at,
  };
}

export function context(step: number, more: Partial<RouteContext> = {}): RouteContext {
  return { step, thought: "", thoughtTokens: 0, routes: [], handoffs: 0, ...more };
}

export const FIRST = context(1);
