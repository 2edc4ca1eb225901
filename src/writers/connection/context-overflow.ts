import { ContextOverflowError } from "@langchain/core/errors";

/** The most characters of a server's words that are looked at. */
const LOOKED_AT = 2000;

/**
 * How servers and providers say that a prompt does not fit: vLLM, SGLang, llama.cpp, OpenAI, Anthropic, Gemini,
 * Mistral, Bedrock, Ollama. A limit of tokens that is set too high is not meant: a shorter prompt would not help.
 */
const TOO_LONG: readonly RegExp[] = [
  /context_length_exceeded/i,
  /exceed_context_size/i,
  /maximum context length/i,
  /maximum model length/i,
  /model's context length/i,
  /exceeds the maximum allowed length/i,
  /available context size/i,
  /context size has been exceeded/i,
  /exceeds? (the )?context (window|limit)/i,
  /(exceeds|longer than) the context length/i,
  /(prompt|input) is too long/i,
  /input token count/i,
  /input tokens exceed/i,
];

/** Does a failed request say that the prompt does not fit into the model's context? */
export function isContextOverflow(error: unknown): boolean {
  if (ContextOverflowError.isInstance(error)) return true;
  const { message, code, type } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return [message, code, type].some((words) => {
    if (typeof words !== "string") return false;
    const begin = words.slice(0, LOOKED_AT);
    return TOO_LONG.some((said) => said.test(begin));
  });
}
