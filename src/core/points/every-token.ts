import { requireFields } from "../check-argument.js";
import { entropyCeiling } from "../entropy.js";
import type { GlimpsePoint } from "./glimpse-point.js";
import { optionsText } from "./point-name.js";
import { isResting, requireTurn, restLeft, type TurnOptions, withTurn } from "./turn.js";

type State = {
  /** Tokens of this step that asked. */
  readonly occasions: number;
  readonly begun: boolean;
  /** Of the cooldown, as far as it is known. */
  readonly rest: number;
};

/**
 * Every token, by its entropy (nats): switching token by token. The token that large doubts is dropped and large
 * goes on in its place; nothing before it is taken back, so nothing waits. With `turn: n` large writes n tokens
 * and small is watched again, in the same step. Each hand-over is two requests: set `cooldown`.
 *
 * Source: R-Stitch (arXiv 2507.17307: an entropy switch, no rollback). R2R, EAD and RelayLLM hand over inside a step,
 * too, by other signals and in patched engines.
 *
 * @example everyToken({ turn: 16, cooldown: 8 })
 * @throws RouteError `invalid_option`
 */
export function everyToken(options: TurnOptions = {}): GlimpsePoint {
  requireFields("everyToken", options, ["turn", "cooldown"]);
  const turn = requireTurn("everyToken", options);
  const told = { turn: turn.tokens, cooldown: turn.cooldown || null };
  const point: GlimpsePoint<State> = {
    name: `everyToken${optionsText(told)}`,
    unit: "nats",
    range: (k) => [0, entropyCeiling(k)],
    cutsInside: true,
    start: (before) => ({ occasions: 0, begun: false, rest: before?.rest ?? 0 }),
    wants: ({ rest }) => rest === 0,
    read({ occasions, begun }, token) {
      const rest = restLeft(turn, token);
      if (isResting(turn, token) || Number.isNaN(token.entropy)) {
        return { state: { occasions, begun: true, rest } };
      }
      const cut = begun ? token.at : 0;
      const ask = { occasion: occasions, value: token.entropy, cut, final: true };
      return {
        state: { occasions: occasions + 1, begun: true, rest },
        ask: withTurn(turn, ask),
      };
    },
    end: () => null,
    // Blanks before the first word would be large's to write.
    holdsFrom: ({ begun }) => (begun ? null : 0),
  };
  return point;
}
