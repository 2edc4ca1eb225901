import type { ScriptedModel } from "./scripted-model.js";
import type { Candidate } from "./spread-logprobs.js";

/** A token of a given text, as a model sees it behind what stands before it. */
export interface ScoredToken {
  readonly logprob: number;
  /** Likeliest first. */
  readonly top: readonly Candidate[];
}

/** What a model would have written next is likely, one of its other candidates less so, anything else hardly. */
export function scoredToken(model: ScriptedModel, before: string, token: string): ScoredToken {
  const [next] = model(before);
  const top = next?.top ?? [];
  const own = top.find(([text]) => text === token)?.[1];
  return { logprob: own ?? Math.min(...top.map(([, logprob]) => logprob)) - 1, top };
}
