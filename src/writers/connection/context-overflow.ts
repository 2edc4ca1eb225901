import { ContextOverflowError } from "@langchain/core/errors";

/** The most characters of a server's words that are looked at. */
const LOOKED_AT = 2000;

/**
 * How servers and providers say that a prompt does not fit: vLLM, SGLang, llama.cpp, OpenAI, Anthropic, Gemini,
 * Mistral, Bedrock. A limit of tokens that is set too high is not meant: a shorter prompt would not help.
 */
const TOO_LONG = new RegExp(
  [
    "context_length_exceeded",
    "exceed_context_size",
    "maximum context length",
    "maximum model length",
    "model's context length",
    "exceeds the maximum allowed length",
    "available context size",
    "context size has been exceeded",
    "exceeds? (the )?context (window|limit)",
    "(prompt|input) is too long",
    "input token count",
    "input tokens exceed",
  ].join("|"),
  "i",
);

/** Does a failed request say that the prompt does not fit into the model's context? */
export function isContextOverflow(error: unknown): boolean {
  if (ContextOverflowError.isInstance(error)) return true;
  const { message, code, type } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return [message, code, type].some(
    (words) => typeof words === "string" && TOO_LONG.test(words.slice(0, LOOKED_AT)),
  );
}
