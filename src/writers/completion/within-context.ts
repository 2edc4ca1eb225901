import { GlimpRouterError } from "../../errors.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { StepWriter } from "../../router/step-writer.js";

/**
 * Asks for no more tokens than the context of a server holds, be it known as one or behind a gateway. SGLang refuses
 * a request whose limit goes beyond what is left, vLLM one whose limit is above the whole context (else it and
 * llama.cpp stop where the context ends), and a thought of two models is counted in the tokens of both: the
 * router's own count can be a few too low. The refusal says how many tokens there are.
 */
export function withinContext<Part>(
  writer: StepWriter<ThoughtPrompt, Part>,
): StepWriter<ThoughtPrompt, Part> {
  const { answer } = writer;
  return {
    ...writer,
    write: (from, thought, how, signal) =>
      limited(how.maxTokens, (maxTokens) =>
        writer.write(from, thought, { ...how, maxTokens }, signal),
      ),
    ...(answer && {
      answer: (from, prompt, thought, how, signal) =>
        limited(how.maxTokens, (maxTokens) =>
          answer(from, prompt, thought, { ...how, maxTokens }, signal),
        ),
    }),
  };
}

/** Asks again, for what fits, where the server refused for want of room. */
async function* limited<Item>(
  maxTokens: number,
  ask: (maxTokens: number) => AsyncIterable<Item>,
): AsyncGenerator<Item | { readonly type: "end"; readonly reason: "length" }, void, void> {
  let begun = false;
  let room: number | null = null;
  try {
    for await (const item of ask(maxTokens)) {
      begun = true;
      yield item;
    }
    return;
  } catch (error) {
    const left = begun ? null : roomLeft(error);
    if (left === null) throw error;
    // SGLang 0.5.9 wanted one token to spare.
    room = Math.min(left, maxTokens - 1);
  }
  if (room < 1) yield { type: "end", reason: "length" };
  else yield* limited(room, ask);
}

const REFUSAL =
  /maximum context length of (\d{1,12}) tokens.{0,200}?\b(\d{1,12}) tokens from the input/;
/** Before the prompt is looked at, a limit above the whole context: of SGLang's chat, and of vLLM. */
const ABOVE_CONTEXT: readonly RegExp[] = [
  /supports at most (\d{1,12}) completion tokens/,
  /cannot be greater than max_model_len=(\d{1,12})/,
];
/** The second: of a scheduler whose KV pool is smaller than the context; it comes inside a stream. */
const NO_ROOM = /longer than the model's context length|exceeds the maximum allowed length/;

/** Tokens that fit behind the prompt, or might; `null` where the error is another. */
function roomLeft(error: unknown): number | null {
  if (!GlimpRouterError.isInstance(error)) return null;
  if (NO_ROOM.test(error.message)) return 0;
  for (const said of ABOVE_CONTEXT) {
    const [, most] = said.exec(error.message) ?? [];
    if (most !== undefined) return Number(most);
  }
  const [, context, input] = REFUSAL.exec(error.message) ?? [];
  return context === undefined ? null : Number(context) - Number(input);
}
