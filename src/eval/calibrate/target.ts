import { GlimpRouterError } from "../../errors.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";

/**
 * What a threshold is to attain: a share of the steps by large, of the thought's tokens by large, or large's generated
 * tokens over those of large alone.
 */
export type Target = Calibration["target"];

export type TargetName = "steps" | "largeTokens" | "cost";

/** @throws GlimpRouterError `invalid_option` */
export function requireTarget(target: unknown): {
  readonly name: TargetName;
  readonly share: number;
} {
  const entries = Object.entries((target ?? {}) as object);
  const [name, share] = entries[0] ?? [];
  const isKnown = name === "steps" || name === "largeTokens" || name === "cost";
  if (entries.length === 1 && isKnown && typeof share === "number" && share > 0 && share < 1) {
    return { name, share };
  }
  throw new GlimpRouterError(
    `\`target\` must be { steps: 0.25 }, { largeTokens: 0.2 } or { cost: 0.25 }, with a share between 0 and 1; got ${JSON.stringify(target)}.`,
    { reason: "invalid_option" },
  );
}

export function targetOf(name: TargetName, share: number): Target {
  return { [name]: share } as Target;
}
