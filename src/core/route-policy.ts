import type { Json } from "./json.js";
import type { TokenDistribution } from "./token-distribution.js";

/** Who writes a step. */
export type Route = "small" | "large";

/** What the small model has shown where a decision falls. */
export interface Glimpse {
  /** Name of the point: `"stepStart"`. */
  readonly point: string;
  /** What a threshold is compared with, in the point's unit; rises with doubt. At `stepStart`: H_init. */
  readonly value: number;
  /** Counts the places of the step at which the point asks; one place may be asked again with a higher value. */
  readonly occasion: number;
  /** Entropies in nats of the tokens that counted at this place, in order. At `stepStart`: H_init alone. */
  readonly entropies: readonly number[];
  /** The text of the token at which the decision falls. */
  readonly token: string;
  /** Of that token's distribution, in nats. At `stepStart`: H_init. */
  readonly entropy: number;
  /** `entropy` / ln k, 0 to 1. */
  readonly normalizedEntropy: number;
  /** Probability of the likeliest candidate minus the next one's, 0 to 1. */
  readonly margin: number;
  /** The top-k candidates of that token, likeliest first; empty where the point did not want them. */
  readonly candidates: TokenDistribution;
}

/** What a policy may know beside the glimpse. */
export interface RouteContext {
  /** Number of the step; the first is 1. */
  readonly step: number;
  /** The thought so far, up to this step. */
  readonly thought: string;
  /** Tokens of the thought so far, up to this step. */
  readonly thoughtTokens: number;
  /** Who wrote the steps so far: large where it wrote any part. */
  readonly routes: readonly Route[];
  /** How often large was asked to write in this reply. */
  readonly handoffs: number;
  /** What the policy gave as `state` last time in this reply. */
  readonly state?: Json | undefined;
}

/** A decision with more to say than who writes. */
export interface RouteDecision {
  readonly route: Route;
  /** `"end"`: large writes the rest of the thought, and is asked once. */
  readonly until?: "end";
  /** What the policy wants to find in `context.state` next time; part of the thought's state. */
  readonly state?: Json;
}

/** Decides who writes. Must be a pure function: a thought may be resumed in another process. */
export interface RoutePolicy {
  (glimpse: Glimpse, context: RouteContext): Route | RouteDecision;
  /** Told the last `state` when a reply is over, for what policies learn from one reply for the next. */
  settle?(state: Json): void;
}

/** Large where H_init > `threshold` (nats): the paper's rule. */
export function entropyAbove(threshold: number): RoutePolicy {
  return ({ entropy }) => (entropy > threshold ? "large" : "small");
}

/** The same model for every step: the baselines. The glimpse is taken all the same. */
export function always(route: Route): RoutePolicy {
  return () => route;
}

/**
 * Large for a share of the steps, drawn without looking at the glimpse: the baseline that a policy must
 * beat. The draw depends on `seed` and the thought so far, so a resumed thought draws the same again; it does
 * not see the prompt, so one seed draws every first step alike: give each prompt a seed of its own.
 *
 * @param rate - expected share of the steps by large, 0 to 1
 */
export function random(rate: number, seed = 0): RoutePolicy {
  return (_glimpse, { step, thought }) =>
    unitHash(`${seed}\n${step}\n${thought}`) < rate ? "large" : "small";
}

/** Large where every policy says large. */
export function and(...policies: readonly RoutePolicy[]): RoutePolicy {
  return (glimpse, context) =>
    policies.every((policy) => policy(glimpse, context) === "large") ? "large" : "small";
}

/** Large where at least one policy says large. */
export function or(...policies: readonly RoutePolicy[]): RoutePolicy {
  return (glimpse, context) =>
    policies.some((policy) => policy(glimpse, context) === "large") ? "large" : "small";
}

/** Large where `policy` says small, and the other way round. */
export function not(policy: RoutePolicy): RoutePolicy {
  return (glimpse, context) => (policy(glimpse, context) === "large" ? "small" : "large");
}

/** FNV-1a with a final avalanche, as a number in [0, 1): spread evenly also for texts that differ in one digit. */
function unitHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
