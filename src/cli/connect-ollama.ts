import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Sampling } from "./load-pair.js";
import { UsageError } from "./usage-error.js";

/** `ollama:NAME` as a model: on this machine, or where `OLLAMA_BASE_URL` says. */
export async function connectOllama(
  argument: string,
  sampling: Sampling = {},
): Promise<BaseChatModel> {
  const name = argument.slice("ollama:".length);
  if (name === "") {
    throw new UsageError("ollama: needs a model's name behind it, as in ollama:qwen3:4b");
  }
  const { ChatOllama } = await importOllama();
  // Someone waits at the terminal: a server that is down is told at once.
  return new ChatOllama({ model: name, ...sampling, maxRetries: 1 });
}

async function importOllama(): Promise<typeof import("@langchain/ollama")> {
  try {
    return await import("@langchain/ollama");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      "A model of Ollama's needs @langchain/ollama. Run: npm install @langchain/ollama (outside a project: npx -p langchain-glimprouter -p @langchain/ollama glimprouter ...)",
    );
  }
}
