import { LlamacppError } from "./llamacpp-error.js";

type Body = Readonly<Record<string, unknown>>;

/** An empty list is no tools. */
export function hasTools({ tools }: Body): boolean {
  return Array.isArray(tools) && tools.length > 0;
}

/** `"content"` goes on behind a thought that is over; any other text is as good as `true`. */
export function continuesByFlag(body: Body): boolean {
  const { continue_final_message: flag } = body;
  const continues = flag === true || typeof flag === "string";
  if (continues && body.add_generation_prompt !== false) {
    throw new LlamacppError(
      400,
      "Cannot set both add_generation_prompt and continue_final_message to true.",
    );
  }
  return continues;
}
