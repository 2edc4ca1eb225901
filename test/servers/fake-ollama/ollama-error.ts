import { FakeError } from "../http/fake-error.js";

/** Ollama's errors are texts. */
export class OllamaError extends FakeError {
  get body(): unknown {
    return { error: this.message };
  }
}

/** `llama-server`'s own error, as JSON in the text. */
export function overflow(engine: "runner" | "llama-server", tokens: number, size: number) {
  if (engine === "runner") {
    return new OllamaError(400, "the input length exceeds the context length");
  }
  const message = `request (${tokens} tokens) exceeds the available context size (${size} tokens), try increasing it`;
  const error = { code: 400, message, type: "exceed_context_size_error", n_prompt_tokens: tokens };
  return new OllamaError(400, JSON.stringify({ error }));
}
