import { bothRoles } from "./both-roles.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";

/**
 * Renders the prompt for both models at once. The first failure ends the other rendering too.
 *
 * @throws ThoughtError naming the role
 */
export function openPrompts<Prompt>(
  writers: Readonly<Record<Role, StepWriter<Prompt>>>,
  prompt: Prompt,
  signal?: AbortSignal,
): Promise<Record<Role, Opening>> {
  return bothRoles((role, each) => writers[role].open(prompt, each), signal);
}
