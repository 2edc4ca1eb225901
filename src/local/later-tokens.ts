import { everyToken } from "../core/points/every-token.js";
import type { GlimpsePoint } from "../core/points/glimpse-point.js";

/**
 * Every token of a step but its first: `everyToken()` where steps begin with a choice of wording ("Then", "Next"),
 * which says nothing of what follows.
 */
export function laterTokens(): GlimpsePoint {
  const every = everyToken();
  return {
    ...every,
    name: "laterTokens",
    read(state, token) {
      const { ask, ...read } = every.read(state, token);
      const asks = [ask ?? []].flat().filter(({ occasion }) => occasion > 0);
      return asks.length === 0 ? read : { ...read, ask: asks };
    },
  };
}
