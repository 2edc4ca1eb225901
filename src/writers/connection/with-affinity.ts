import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Affinity, StepWriter } from "../../router/step-writer.js";
import type { OpenAIAccess } from "./openai-client.js";
import { withHeaders } from "./with-headers.js";

/**
 * A writer whose requests carry the header of the reply that they are part of: those that render the prompt,
 * that write, and that answer. What is asked once for all replies (what a server is, its habits) may go along
 * with the reply that happens to ask it.
 *
 * @param create - the writer over one way to the server; it is called for each request, and must be cheap
 */
export function withAffinity<Part>(
  access: OpenAIAccess,
  create: (access: OpenAIAccess) => StepWriter<ThoughtPrompt, Part>,
): StepWriter<ThoughtPrompt, Part> {
  const plain = create(access);
  const writerOf = (affinity: Affinity | undefined) =>
    affinity === undefined
      ? plain
      : create(withHeaders(access, { [affinity.header]: affinity.id }));
  return {
    ...plain,
    // Async, so that what `create` refuses is a rejection.
    open: async (prompt, signal) => writerOf(prompt.affinity).open(prompt, signal),
    write: (from, ...request) => writerOf(from.affinity).write(from, ...request),
    ...(plain.scorePrompt && {
      scorePrompt: async (from, ...request) => {
        const { scorePrompt = plain.scorePrompt } = writerOf(from.affinity);
        return (scorePrompt as NonNullable<typeof scorePrompt>)(from, ...request);
      },
    }),
    ...(plain.warm && {
      warm: (from, ...request) => writerOf(from.affinity).warm?.(from, ...request) ?? null,
    }),
    ...(plain.answer && {
      answer: (from, ...request) => {
        const { answer = plain.answer } = writerOf(from.affinity);
        return (answer as NonNullable<typeof answer>)(from, ...request);
      },
    }),
  };
}
