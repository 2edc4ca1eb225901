import type { Ask, SeenToken } from "./glimpse-point.js";
import { requireWhole } from "./point-arguments.js";

/** Of points that look at every token. */
export interface TurnOptions {
  /**
   * What large writes: `"step"`, to the step's end, or so many tokens, behind which small is watched again.
   *
   * @defaultValue `"step"`
   */
  readonly turn?: "step" | number;
  /**
   * So many tokens of small's behind a turn of large do not ask: a switch pays for itself only if it is not
   * taken back at once.
   *
   * @defaultValue 0
   */
  readonly cooldown?: number;
}

export interface Turn {
  /** Tokens; `null`: to the step's end. */
  readonly tokens: number | null;
  readonly cooldown: number;
}

/** @throws RouteError `invalid_option` */
export function requireTurn(point: string, { turn = "step", cooldown = 0 }: TurnOptions): Turn {
  return {
    tokens: turn === "step" ? null : requireWhole(point, "turn", turn, { least: 1 }),
    cooldown: requireWhole(point, "cooldown", cooldown, { least: 0 }),
  };
}

/** Too soon behind large's turn? */
export function isResting({ cooldown }: Turn, { sinceLarge }: SeenToken): boolean {
  return sinceLarge !== null && sinceLarge < cooldown;
}

/** Tokens for which the rest goes on behind `token`, if small goes on. */
export function restLeft({ cooldown }: Turn, { sinceLarge }: SeenToken): number {
  return sinceLarge === null ? 0 : Math.max(0, cooldown - sinceLarge - 1);
}

/** An ask with what large writes. It is made at every token: not spread where there is nothing to add. */
export function withTurn({ tokens }: Turn, ask: Ask): Ask {
  return tokens === null ? ask : { ...ask, turn: tokens };
}
