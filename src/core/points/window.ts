import { requireFields } from "../check-argument.js";
import type { Ask, GlimpsePoint, SeenToken } from "./glimpse-point.js";
import { requireOneOf, requireWhole } from "./point-arguments.js";
import { optionsText } from "./point-name.js";
import { isResting, requireTurn, restLeft, type Turn, type TurnOptions, withTurn } from "./turn.js";

export interface WindowOptions extends TurnOptions {
  /**
   * Where large goes on. `"here"`: at the token that the window ends with; nothing waits. `"stepStart"`: large
   * writes the step anew; the WHOLE step waits for its end.
   *
   * @defaultValue `"here"`
   */
  readonly cut?: "here" | "stepStart";
}

type State = {
  /** Doubts of the last tokens, at most as many as the window has. */
  readonly last: readonly number[];
  readonly occasions: number;
  readonly begun: boolean;
  readonly rest: number;
  /** Of this step, where large would write it anew. */
  readonly highest: number | null;
};

const MOST = 2048;

/** ln of the least probability that a double holds: what the sum over candidates makes of none at all. */
const LEAST = Math.log(Number.MIN_VALUE);

/**
 * The last `n` tokens of the thought: the mean, over them, of the mean log-probability (nats) of their k
 * candidates, which is MINUS DeepConf's group confidence and so rises with doubt. It is negative: at most -ln k
 * (all candidates alike), and the surer small is, the lower. A window that is not full does not ask; behind a turn
 * of large it fills anew. The candidates are renormalised, DeepConf's are not: values differ from its by the
 * logarithm of the mass that k candidates leave out.
 *
 * Source: DeepConf (arXiv 2508.15260); n = 5 in 2502.06833.
 *
 * @param n - 1 to 2,048 tokens
 * @throws RouteError `invalid_option`
 */
export function window(n: number, options: WindowOptions = {}): GlimpsePoint {
  const size = requireWhole("window", "n", n, { least: 1, most: MOST });
  requireFields("window", options, ["cut", "turn", "cooldown"]);
  const turn = requireTurn("window", options);
  const cut = requireOneOf("window", "cut", options.cut ?? "here", ["here", "stepStart"]);
  const isHere = cut === "here";
  const told = {
    cut: isHere ? null : cut,
    turn: turn.tokens,
    cooldown: turn.cooldown || null,
  };
  const point: GlimpsePoint<State> = {
    name: `window:${size}${optionsText(told)}`,
    unit: "nats",
    range: (k) => [LEAST, -Math.log(k)],
    cutsInside: isHere,
    start: (before) => ({
      last: before?.last ?? [],
      occasions: 0,
      begun: false,
      rest: before?.rest ?? 0,
      highest: null,
    }),
    // A window holds what comes before its end, too.
    wants: ({ rest }) => rest < size,
    read: (state, token) => readToken(state, token, { size, turn, isHere }),
    end: ({ highest }) =>
      isHere || highest === null
        ? null
        : withTurn(turn, { occasion: 0, value: highest, cut: 0, final: true }),
    holdsFrom: ({ begun }) => (begun && isHere ? null : 0),
  };
  return point;
}

function readToken(
  before: State,
  token: SeenToken,
  { size, turn, isHere }: { size: number; turn: Turn; isHere: boolean },
): { state: State; ask?: Ask } {
  const { occasions, highest } = before;
  const last = slide(token.sinceLarge === 0 ? [] : before.last, token.probabilities, size);
  const rest = restLeft(turn, token);
  if (last.length < size || isResting(turn, token)) {
    return { state: { last, occasions, begun: true, rest, highest } };
  }
  const value = last.reduce((sum, each) => sum + each, 0) / size;
  if (isHere) {
    const ask = { occasion: occasions, value, cut: before.begun ? token.at : 0, final: true };
    const state = { last, occasions: occasions + 1, begun: true, rest, highest };
    return { state, ask: withTurn(turn, ask) };
  }
  if (value <= (highest ?? Number.NEGATIVE_INFINITY)) {
    return { state: { last, occasions, begun: true, rest, highest } };
  }
  const state = { last, occasions, begun: true, rest, highest: value };
  return { state, ask: withTurn(turn, { occasion: 0, value, cut: 0, final: false }) };
}

function slide(
  last: readonly number[],
  probabilities: readonly number[],
  size: number,
): readonly number[] {
  if (probabilities.length === 0) return [];
  let sum = 0;
  for (const probability of probabilities) sum += Math.max(LEAST, Math.log(probability));
  return [...last.slice(1 - size || last.length), sum / probabilities.length];
}
