import { GlimpRouterError } from "../errors.js";
import type { LocalSamplingOptions } from "./local-model-options.js";
import type { Sampling } from "./sample-token.js";

/** How a model samples when a call does not say; `seed: null` is a new one for every call. */
export type SamplingDefaults = Omit<Sampling, "seed"> & { readonly seed: number | null };

type SamplingOptions = Pick<LocalSamplingOptions, "temperature" | "topP" | "topK" | "seed">;

/** Greedy, so that a thought can be reproduced; the cuts matter only with a temperature. */
export const SAMPLING_DEFAULTS: SamplingDefaults = {
  temperature: 0,
  topP: 0.95,
  topK: 40,
  seed: null,
};

/**
 * The defaults with what the options say instead.
 *
 * @throws GlimpRouterError `invalid_option` with the option's name and value
 */
export function mergeSampling(
  defaults: SamplingDefaults,
  { temperature, topP, topK, seed }: SamplingOptions,
): SamplingDefaults {
  const merged = {
    temperature: temperature ?? defaults.temperature,
    topP: topP ?? defaults.topP,
    topK: topK ?? defaults.topK,
    seed: seed ?? defaults.seed,
  };
  check("temperature", merged.temperature, "0 or more", (value) => value >= 0);
  check("topP", merged.topP, "above 0 and at most 1", (value) => value > 0 && value <= 1);
  check("topK", merged.topK, "a whole number, 0 or more", isCount);
  if (merged.seed !== null) check("seed", merged.seed, "a whole number", Number.isSafeInteger);
  return merged;
}

/** The same for one call: with a seed in any case. */
export function samplingFor(defaults: SamplingDefaults, options: SamplingOptions): Sampling {
  const { seed, ...merged } = mergeSampling(defaults, options);
  return { ...merged, seed: seed ?? Math.floor(Math.random() * 2 ** 32) };
}

/** @throws GlimpRouterError `invalid_option` */
export function check(
  name: string,
  value: number,
  expected: string,
  isValid: (value: number) => boolean,
): void {
  if (Number.isFinite(value) && isValid(value)) return;
  throw new GlimpRouterError(`Expected \`${name}\` to be ${expected}, got ${value}.`, {
    reason: "invalid_option",
  });
}

/** Is it 0, 1, 2, ...? */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
