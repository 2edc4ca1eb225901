import type { Json } from "../json.js";
import type { Ask, GlimpsePoint } from "./glimpse-point.js";
import { wrongArgument } from "./point-arguments.js";
import { maxEntropy, meanEntropy, perplexity, type StepStatistic } from "./step-statistic.js";

type Named = "meanEntropy" | "maxEntropy" | "perplexity";

const NAMED = { meanEntropy, maxEntropy, perplexity };

/**
 * A step as a whole, when small has written it; large writes it anew from its start. The WHOLE step waits for
 * the decision, so a reader gets it at once and late. `"maxEntropy"` can only rise, so it may hand over before
 * the step is over.
 *
 * Source: H_step and PPL_step of the paper's comparison (arXiv 2601.05110: at equal shares both did worse than
 * H_init there). In TrigReason (2604.14847) an unusually LOW perplexity fires: compare with `below`.
 *
 * @param statistic - `"meanEntropy"` or `"maxEntropy"` (nats), `"perplexity"`, {@link quantile} or {@link rise}
 * @throws RouteError `invalid_option`
 */
export function stepEnd(statistic: Named | StepStatistic): GlimpsePoint {
  const chosen = requireStatistic(statistic);
  const ask = (state: Json, final: boolean): Ask | null => {
    const value = chosen.value(state);
    return value === null ? null : { occasion: 0, value, cut: 0, final };
  };
  return {
    name: `stepEnd:${chosen.name}`,
    unit: chosen.unit,
    range: (k) => chosen.range(k),
    cutsInside: false,
    start: (before) => chosen.start(before),
    wants: () => true,
    read(before, token) {
      const state = chosen.add(before, token);
      if (!chosen.rises || chosen.value(state) === chosen.value(before)) return { state };
      const raised = ask(state, false);
      return raised === null ? { state } : { state, ask: raised };
    },
    end: (state) => ask(state, true),
    holdsFrom: () => 0,
  };
}

function requireStatistic(statistic: unknown): StepStatistic {
  if (typeof statistic === "string" && Object.hasOwn(NAMED, statistic)) {
    return NAMED[statistic as Named] as StepStatistic;
  }
  const { name, add, value } = (statistic ?? {}) as Partial<StepStatistic>;
  if (typeof name === "string" && typeof add === "function" && typeof value === "function") {
    return statistic as StepStatistic;
  }
  const names = Object.keys(NAMED).map((each) => JSON.stringify(each));
  throw wrongArgument(
    "stepEnd",
    "statistic",
    statistic,
    `${names.join(", ")}, quantile(q) or rise()`,
  );
}
