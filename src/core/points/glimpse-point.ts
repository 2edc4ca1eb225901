import type { Json } from "../json.js";
import type { RoutePolicy } from "../route-policy.js";
import type { TokenDistribution } from "../token-distribution.js";

/** A token of the step under way, as small wrote it. */
export interface SeenToken {
  /** Its text as far as it is the step's: the boundary at a step's end is left out of none, the next step's text is. */
  readonly text: string;
  /** Where it begins: UTF-16 offset in the step's text, blank lead included. */
  readonly at: number;
  /** Its k likeliest candidates; empty where the point did not want them (`GlimpsePoint.wants`). */
  readonly distribution: TokenDistribution;
  /** Those candidates' probabilities, likeliest first: to be had for less than their texts. */
  readonly probabilities: readonly number[];
  /** Entropy of `distribution` in nats; NaN where that is empty. */
  readonly entropy: number;
  /** Log-probability of the token itself in nats, `null` where nobody told, or where it was not wanted. */
  readonly logprob: number | null;
  /** Tokens that small has written since large did last, this one not counted; `null`: large has not written yet. */
  readonly sinceLarge: number | null;
}

/** A place where large may take over, with the value that a policy compares. */
export interface Ask {
  /** Counts the places of a step: all asks of one place have one number. */
  readonly occasion: number;
  /** Rises with doubt. */
  readonly value: number;
  /** Where large would go on: UTF-16 offset in the step's text; 0: it writes the step from its start. */
  readonly cut: number;
  /** The value of this occasion will not be asked again. */
  readonly final: boolean;
  /** How many tokens large writes before small goes on in the same step. @defaultValue to the step's end */
  readonly turn?: number;
  /** Where a point is made of others: the name of the one that asks. @defaultValue the point's own name */
  readonly point?: string;
  /** Where that one has a policy of its own. @defaultValue the router's */
  readonly policy?: RoutePolicy;
  /** The name under which that policy's state is kept: `PolicyOfPart.of`. @defaultValue `point` */
  readonly policyOf?: string;
}

/** A policy that the asks of a point bring. */
export interface PolicyOfPart {
  /** The part of the point that has it. */
  readonly of: string;
  readonly policy: RoutePolicy;
}

/**
 * Says at which token of a step a decision falls, which tokens' distributions its value comes from, and where
 * the text is cut if large takes over. Pure, and its state is plain JSON: a thought may go on in another process.
 */
export interface GlimpsePoint<State extends Json = Json> {
  /** In records and calibrations, and on the command line: `"firstTokens:3"`. Points of this package are rebuilt from it. */
  readonly name: string;
  /** Of the value: `"nats"`, or `"1"` for what has none. */
  readonly unit: string;
  /** The values that are possible with k candidates, and so what a threshold may be. */
  range(k: number): readonly [least: number, most: number];
  /** May a cut lie inside a step? A model that is prompted cannot go on from there. */
  readonly cutsInside: boolean;
  /** The policies that its asks bring: they are told when a reply is over (`RoutePolicy.settle`). @defaultValue none */
  readonly policies?: readonly PolicyOfPart[];
  /** @param before - the state at the end of the step before, `null` at the first one */
  start(before: State | null): State;
  /** May the NEXT token's distribution count? Only then is it read where that costs something. */
  wants(state: State): boolean;
  /**
   * Does a token count that came though `wants` did not say so? Only its text could tell: "=5" as one token. Its
   * distribution is then read behind it, where that costs something. @defaultValue never
   */
  wantsToo?(state: State, text: string): boolean;
  /** Reads a token of the step, the first non-blank one being the first. */
  read(state: State, token: SeenToken): PointRead<State>;
  /** The step is over: the decision that is still open is taken with what there is. */
  end(state: State): Ask | readonly Ask[] | null;
  /**
   * Where the text begins that an open decision may still cut off: it is held back until the decision falls.
   * `null`: none is open. Without this method a step is held back from its start to its first final ask or
   * its end.
   */
  holdsFrom?(state: State): number | null;
}

export interface PointRead<State> {
  readonly state: State;
  /** More than one where a point is made of others, or a token holds several places. */
  readonly ask?: Ask | readonly Ask[];
}
