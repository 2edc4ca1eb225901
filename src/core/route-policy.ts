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
