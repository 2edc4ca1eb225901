import { ownGetter } from "../core/own-getter.js";
import type { TokenLogprob, TokenLogprobs } from "../core/token-distribution.js";
import type { TokenCandidate } from "./token-reading.js";

/**
 * A plain object to all who look at it, whose candidates get their texts when somebody does: each is a call of the
 * engine, and an entropy needs none.
 */
export class UnnamedToken implements TokenLogprobs {
  readonly token: string;
  readonly logprob: number | null;
  declare readonly top: readonly TokenLogprob[];
  readonly #candidates: readonly TokenCandidate[];
  readonly #nameOf: (token: number) => string;
  #named: readonly TokenLogprob[] | null = null;

  /** @param nameOf - the text of a candidate in this place */
  constructor(
    token: string,
    logprob: number | null,
    candidates: readonly TokenCandidate[],
    nameOf: (token: number) => string,
  ) {
    this.token = token;
    this.logprob = logprob;
    this.#candidates = candidates;
    this.#nameOf = nameOf;
    Object.defineProperty(this, "top", UnnamedToken.#top);
  }

  get topLogprobs(): readonly number[] {
    return this.#candidates.map(({ logprob }) => logprob);
  }

  static readonly #top = ownGetter(function (this: UnnamedToken) {
    this.#named ??= this.#candidates.map(({ token, logprob }) => ({
      token: this.#nameOf(token),
      logprob,
    }));
    return this.#named;
  });
}
