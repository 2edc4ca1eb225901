import { requireWhole, wrongArgument } from "../check-argument.js";
import type { RoutePolicy } from "../route-policy.js";

/**
 * Large at the steps with these numbers, wherever in them the point asks: plays back the hand-offs of a
 * reply that was recorded, or a shuffle of them. Places of a thought move after the first hand-off, so a
 * shuffle is a control for the number of hand-offs, and no proof that their places matter.
 *
 * @param numbers - of steps; the first step is 1
 * @throws RouteError `invalid_option` where one of them is no step's number
 */
export function atSteps(numbers: readonly number[]): RoutePolicy {
  const remedy = "Give a list of whole numbers, 1 for the first step, such as atSteps([1, 4]).";
  if (!Array.isArray(numbers)) throw wrongArgument("`numbers` of atSteps()", numbers, remedy);
  for (const number of numbers) requireWhole("`numbers` of atSteps()", number, 1, remedy);
  const steps = new Set<number>(numbers);
  return (_glimpse, { step }) => (steps.has(step) ? "large" : "small");
}
