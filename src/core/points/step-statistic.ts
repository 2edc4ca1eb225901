import { entropyCeiling } from "../entropy.js";
import type { Json } from "../json.js";
import { RouteError } from "../route-error.js";
import { IMPOSSIBLE_LOGPROB } from "../token-distribution.js";
import type { SeenToken } from "./glimpse-point.js";
import { wrongArgument } from "./point-arguments.js";

/** A number that a step's tokens have together. Pure; its state is plain JSON. */
export interface StepStatistic<State extends Json = Json> {
  readonly name: string;
  readonly unit: string;
  range(k: number): readonly [least: number, most: number];
  /** It can only rise within a step: then it is asked at each token that raises it. */
  readonly rises: boolean;
  /** @param before - the state at the end of the step before, `null` at the first one */
  start(before: State | null): State;
  add(state: State, token: SeenToken): State;
  /** Rises with doubt; `null` where there is none. */
  value(state: State): number | null;
}

type Mean = { readonly tokens: number; readonly sum: number };

const EMPTY: Mean = { tokens: 0, sum: 0 };

/** Sum and number of what is known. */
function added(mean: Mean, value: number): Mean {
  return Number.isNaN(value) ? mean : { tokens: mean.tokens + 1, sum: mean.sum + value };
}

function meanOf({ tokens, sum }: Mean): number | null {
  return tokens === 0 ? null : sum / tokens;
}

/** H_step of the paper's table 2: the mean entropy of a step's tokens, in nats. */
export const meanEntropy: StepStatistic<Mean> = {
  name: "meanEntropy",
  unit: "nats",
  range: (k) => [0, entropyCeiling(k)],
  rises: false,
  start: () => EMPTY,
  add: (mean, { entropy }) => added(mean, entropy),
  value: meanOf,
};

/** The highest entropy of a step's tokens, in nats. */
export const maxEntropy: StepStatistic<number | null> = {
  name: "maxEntropy",
  unit: "nats",
  range: (k) => [0, entropyCeiling(k)],
  rises: true,
  start: () => null,
  add: (highest, { entropy }) =>
    Number.isNaN(entropy) ? highest : Math.max(entropy, highest ?? 0),
  value: (highest) => highest,
};

type Surprisal = Mean & { readonly untold: number };

/** PPL_step: e to the mean of -log p over a step's tokens; 1 where small was certain of each. */
export const perplexity: StepStatistic<Surprisal> = {
  name: "perplexity",
  unit: "1",
  range: () => [1, Number.POSITIVE_INFINITY],
  rises: false,
  start: () => ({ ...EMPTY, untold: 0 }),
  add(state, { logprob }) {
    const surprisal = surprisalOf(logprob);
    return surprisal === null
      ? { ...state, untold: state.untold + 1 }
      : { ...state, ...added(state, surprisal) };
  },
  value({ untold, ...mean }) {
    requireTold("perplexity", mean.tokens, untold);
    const surprisal = meanOf(mean);
    return surprisal === null ? null : Math.exp(surprisal);
  },
};

type Surprisals = { readonly values: readonly number[]; readonly untold: number };

/**
 * The `q`-quantile of -log p (nats) over a step's tokens, with linear interpolation (type 7). A mean or a sum
 * depends on the step's length; a quantile hardly does.
 *
 * Source: arXiv 2404.10136.
 *
 * @param q - 0 to 1; 0.9 looks at the tenth of the tokens that surprised small most
 * @throws RouteError `invalid_option`
 */
export function quantile(q: number): StepStatistic {
  if (typeof q !== "number" || !(q >= 0 && q <= 1)) {
    throw wrongArgument("quantile", "q", q, "a number from 0 to 1");
  }
  const name = `quantile:${q}`;
  const statistic: StepStatistic<Surprisals> = {
    name,
    unit: "nats",
    range: () => [0, -IMPOSSIBLE_LOGPROB],
    rises: false,
    start: () => ({ values: [], untold: 0 }),
    add({ values, untold }, { logprob }) {
      const surprisal = surprisalOf(logprob);
      if (surprisal === null) return { values, untold: untold + 1 };
      return { values: [...values, surprisal], untold };
    },
    value({ values, untold }) {
      requireTold(name, values.length, untold);
      return quantileOf(values, q);
    },
  };
  return statistic;
}

type Rise = { readonly step: Mean; readonly thought: Mean };

/**
 * The step's mean entropy minus that of small's tokens in the thought before it, in nats: it takes out a model's
 * style. Drafts that were thrown away count in the mean, too; the first step has nothing to be compared with, and is
 * no occasion.
 *
 * Source: after arXiv 2605.22873, by analogy.
 */
export function rise(): StepStatistic {
  const statistic: StepStatistic<Rise> = {
    name: "rise",
    unit: "nats",
    range: (k) => [-entropyCeiling(k), entropyCeiling(k)],
    rises: false,
    start(before) {
      if (before === null) return { step: EMPTY, thought: EMPTY };
      const { step, thought } = before;
      const tokens = thought.tokens + step.tokens;
      return { step: EMPTY, thought: { tokens, sum: thought.sum + step.sum } };
    },
    add: ({ step, thought }, { entropy }) => ({ step: added(step, entropy), thought }),
    value({ step, thought }) {
      const [own, before] = [meanOf(step), meanOf(thought)];
      return own === null || before === null ? null : own - before;
    },
  };
  return statistic;
}

/** -log p, `null` where nobody told p. Float noise above 0 is a certain token. */
function surprisalOf(logprob: number | null): number | null {
  return logprob === null || logprob <= IMPOSSIBLE_LOGPROB ? null : Math.max(0, -logprob);
}

/** @throws RouteError `no_logprobs`: never a silent 0 */
function requireTold(name: string, told: number, untold: number): void {
  if (told > 0 || untold === 0) return;
  throw new RouteError(
    "no_logprobs",
    `stepEnd ${name} needs the log-probability of each token that small writes; none of ${untold} came with one. Use "meanEntropy", or a server that reports it.`,
  );
}

function quantileOf(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) return null;
  return low + (place - Math.floor(place)) * (high - low);
}
