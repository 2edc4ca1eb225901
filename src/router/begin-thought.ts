import { degrade, type Failed } from "./degrade.js";
import type { Reduced } from "./reduce-thought.js";
import { resumeThought } from "./resume-thought.js";
import type { RouteConfig } from "./route-config.js";
import { requireAffordable } from "./spending.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";
import type { ThoughtError } from "./thought-error.js";
import { startThought, type ThoughtState } from "./thought-state.js";

/** What a thought begins with, or goes on with. */
export interface BegunWith {
  readonly config: RouteConfig;
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  /** Where an earlier call has left the thought. @defaultValue it begins */
  readonly left?: ThoughtState | undefined;
  /** A model that could not even be asked for the prompt, and is to be done without; its error, where that cannot be. */
  readonly missing?: (Failed & { readonly error: ThoughtError }) | undefined;
}

/**
 * @throws RouteError where a limit or a context leaves no room for an answer
 * @throws ThoughtError of the missing model, where the other one cannot do without it
 */
export function beginThought(input: BegunWith): Reduced {
  const { config, missing, writers } = input;
  const begun = beginWhole(input);
  if (missing === undefined) return begun;
  const degraded = degrade(config, begun.state, missing, writers);
  if (degraded !== null) {
    return { state: degraded.state, events: [...begun.events, ...degraded.events] };
  }
  // An earlier call has done without it already.
  if (begun.state.degraded?.role === missing.role) return begun;
  throw missing.error;
}

/** What may be spent was looked at when the thought began: a reply that goes on has its answer in any case. */
function beginWhole({ config, left, openings, writers }: BegunWith): Reduced {
  if (left !== undefined) return resumeThought(config, left, { openings, writers });
  const state = startThought(openings);
  requireAffordable(config, state);
  return { state, events: [] };
}
