import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import { warmOver } from "../completion/warm-over.js";
import { type OpenAIAccess, openAIAccess } from "../connection/openai-client.js";
import { withAffinity } from "../connection/with-affinity.js";

export interface VllmOptions {
  /** Of requests that go on with a thought; absent: none is told. */
  readonly continuationPriority?: number | undefined;
}

/** What a model's writer needs on vLLM, whatever it continues: the client, the affinity, the priority. */
export function vllmWriterOver<Part>(
  model: unknown,
  role: Role,
  { continuationPriority }: VllmOptions,
  create: (access: OpenAIAccess) => StepWriter<ThoughtPrompt, Part>,
): StepWriter<ThoughtPrompt, Part> {
  return withAffinity(openAIAccess(model, role), (access) => ({
    ...withPriority(access, continuationPriority, create),
    // What nobody waits for goes before nobody.
    warm: warmOver(access, create),
  }));
}

/**
 * A writer whose requests that go on with a thought tell vLLM's scheduler a priority of their own: a hand-off
 * queues anew, behind all that has come since. What begins a thought stays as the user's model is configured.
 *
 * @param priority - lower goes first; vLLM's default is 0. `undefined`: none is told
 */
function withPriority<Part>(
  access: OpenAIAccess,
  priority: number | undefined,
  create: (access: OpenAIAccess) => StepWriter<ThoughtPrompt, Part>,
): StepWriter<ThoughtPrompt, Part> {
  const begins = create(access);
  if (priority === undefined) return begins;
  const goesOn = create({
    ...access,
    invocationParams: () => ({ ...access.invocationParams(), priority }),
  });
  return {
    ...begins,
    write: (from, thought, ...how) =>
      (thought === "" ? begins : goesOn).write(from, thought, ...how),
    ...(goesOn.scorePrompt && { scorePrompt: goesOn.scorePrompt }),
    ...(goesOn.answer && { answer: goesOn.answer }),
  };
}
