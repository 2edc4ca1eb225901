import { GlimpRouterError } from "../errors.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import type { StepWriter } from "../router/step-writer.js";

/**
 * Asks for no more tokens than SGLang's context holds. It refuses a request whose limit goes beyond (vLLM
 * and llama.cpp stop where the context ends), and a thought of two models is counted in the tokens of both:
 * the router's own count can be a few too low. The refusal says how many tokens there are.
 */
export function withinContext(writer: StepWriter<ThoughtPrompt>): StepWriter<ThoughtPrompt> {
  return {
    ...writer,
    async *write(from, thought, how, signal) {
      let begun = false;
      try {
        for await (const written of writer.write(from, thought, how, signal)) {
          begun = true;
          yield written;
        }
        return;
      } catch (error) {
        const room = begun ? null : roomLeft(error);
        if (room === null) throw error;
        if (room < 1) return yield { type: "end", reason: "length" };
        how = { ...how, maxTokens: Math.min(how.maxTokens, room) };
      }
      yield* writer.write(from, thought, how, signal);
    },
  };
}

const REFUSAL = /maximum context length of (\d+) tokens.*?(\d+) tokens from the input/;
const NO_ROOM = /longer than the model's context length/;

/** Tokens that fit behind the prompt, `null` where the error is another. */
function roomLeft(error: unknown): number | null {
  if (!GlimpRouterError.isInstance(error)) return null;
  if (NO_ROOM.test(error.message)) return 0;
  const [, context, input] = REFUSAL.exec(error.message) ?? [];
  // SGLang wants one token to spare.
  return context === undefined ? null : Number(context) - Number(input) - 1;
}
