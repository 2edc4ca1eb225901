import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { GlimpRouterError } from "../../errors.js";
import type { Role, StepWriter } from "../../router/step-writer.js";

/**
 * A model that is prompted writes whole steps: it cannot go on in mid-sentence.
 *
 * @throws GlimpRouterError `invalid_option` before anything is paid for
 */
export function checkCuts(
  writers: Readonly<Record<Role, StepWriter>>,
  point: GlimpsePoint | undefined,
): void {
  if (point === undefined || !point.cutsInside || writers.large.kind !== "ask") return;
  throw new GlimpRouterError(
    `\`glimpseAt\` is ${JSON.stringify(point.name)}, which hands over inside a step, and the large model is prompted ("ask"): it cannot go on in mid-sentence. Take a point that cuts at a step's start (stepStart, firstTokens, openers, digits, stepEnd), or a large model that continues text.`,
    { reason: "invalid_option", role: "large" },
  );
}
