import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { UsageError } from "./usage-error.js";

const PACKAGE = "@langchain/ollama";

/** `ollama:NAME` as a model: on this machine, or where `OLLAMA_BASE_URL` says. */
export async function connectOllama(argument: string): Promise<BaseChatModel> {
  const name = argument.slice("ollama:".length);
  if (name === "") {
    throw new UsageError("ollama: needs a model's name behind it, as in ollama:qwen3:4b");
  }
  const { ChatOllama } = await importOllama();
  // Someone waits at the terminal: a server that is down is told at once.
  return new ChatOllama({ model: name, maxRetries: 1 });
}

/** As far as it is used: the package is an optional peer. */
interface OllamaPackage {
  readonly ChatOllama: new (fields: { model: string; maxRetries: number }) => BaseChatModel;
}

async function importOllama(): Promise<OllamaPackage> {
  try {
    return (await import(PACKAGE)) as OllamaPackage;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      `A model of Ollama's needs ${PACKAGE}. Run: npm install ${PACKAGE} (outside a project: npx -p langchain-glimprouter -p ${PACKAGE} glimprouter ...)`,
    );
  }
}
