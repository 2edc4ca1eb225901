import { margin, shareOfCeiling } from "../core/entropy.js";
import type { Json } from "../core/json.js";
import { ownGetter } from "../core/own-getter.js";
import type { Glimpse, Route, RouteContext } from "../core/route-policy.js";
import type { TokenDistribution } from "../core/token-distribution.js";
import type { RouteEvent } from "./route-event.js";
import type { LastToken, ThoughtState } from "./thought-state.js";

/** Candidates that an event tells. */
const TOLD = 5;

type Decided = Extract<RouteEvent, { type: "route-decided" }>;

/** What a policy sees. A point may ask at every token: candidates are read where the policy looks at them. */
export class AskedGlimpse implements Glimpse {
  readonly point: string;
  readonly value: number;
  readonly occasion: number;
  readonly entropies: readonly number[];
  readonly token: string;
  readonly entropy: number;
  readonly normalizedEntropy: number;
  declare readonly margin: number;
  declare readonly candidates: TokenDistribution;
  readonly #seen: LastToken;

  /**
   * @param seen - the token at which the decision falls
   * @param k - candidates at most
   */
  constructor(
    {
      point,
      value,
      occasion,
      entropies,
    }: Pick<Glimpse, "point" | "value" | "occasion" | "entropies">,
    seen: LastToken,
    k: number,
  ) {
    this.point = point;
    this.value = value;
    this.occasion = occasion;
    this.entropies = entropies;
    this.token = seen.text;
    this.entropy = seen.entropy;
    this.normalizedEntropy = shareOfCeiling(seen.entropy, k);
    this.#seen = seen;
    Object.defineProperty(this, "margin", AskedGlimpse.#margin);
    Object.defineProperty(this, "candidates", AskedGlimpse.#candidates);
  }

  static readonly #margin = ownGetter(function (this: AskedGlimpse) {
    return margin(this.#seen.distribution);
  });

  static readonly #candidates = ownGetter(function (this: AskedGlimpse) {
    return this.#seen.distribution;
  });
}

/** What a policy may know beside that. The routes so far are listed where it looks at them: they grow with the thought. */
export class AskedContext implements RouteContext {
  readonly step: number;
  readonly thought: string;
  readonly thoughtTokens: number;
  readonly handoffs: number;
  readonly state: Json | undefined;
  declare readonly routes: readonly Route[];
  readonly #steps: ThoughtState["steps"];

  constructor(
    { steps, thought, thoughtTokens, handoffs }: ThoughtState,
    policyState: Json | undefined,
  ) {
    this.step = steps.length + 1;
    this.thought = thought;
    this.thoughtTokens = thoughtTokens;
    this.handoffs = handoffs;
    this.state = policyState;
    this.#steps = steps;
    Object.defineProperty(this, "routes", AskedContext.#routes);
  }

  static readonly #routes = ownGetter(function (this: AskedContext) {
    return this.#steps.map(({ route }) => route);
  });
}

/** What is told of a decision, with the likeliest candidates, read where somebody looks at them. */
export class ToldDecision implements Decided {
  readonly type = "route-decided";
  readonly step: Decided["step"];
  readonly route: Decided["route"];
  readonly point: string;
  readonly value: number;
  readonly occasion: number;
  readonly entropy: number;
  readonly token: string;
  readonly at: number;
  declare readonly candidates: TokenDistribution;
  readonly forced: boolean;
  readonly #seen: LastToken;

  constructor(
    { step, route, forced }: Pick<Decided, "step" | "route" | "forced">,
    { point, value, occasion }: Pick<Glimpse, "point" | "value" | "occasion">,
    seen: LastToken,
  ) {
    this.step = step;
    this.route = route;
    this.point = point;
    this.value = value;
    this.occasion = occasion;
    this.entropy = seen.entropy;
    this.token = seen.text;
    this.at = seen.at;
    this.#seen = seen;
    Object.defineProperty(this, "candidates", ToldDecision.#candidates);
    this.forced = forced;
  }

  static readonly #candidates = ownGetter(function (this: ToldDecision) {
    return this.#seen.distribution.slice(0, TOLD);
  });
}
