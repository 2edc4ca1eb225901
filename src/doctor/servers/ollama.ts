import { loadedModels, ollamaVersion } from "../../writers/ollama/ollama-server.js";
import { renderMessages } from "../../writers/ollama/rendered-by-ollama.js";
import { parsedReply } from "./parsed-reply.js";
import type { ServerQuestions } from "./server-questions.js";

/** Ollama, 0.12.11 to 0.40, from its source. */
export const ollamaQuestions: ServerQuestions = {
  version: async (access, signal) => `Ollama ${await ollamaVersion(access, signal)}`,
  renderUnfinished: renderMessages,
  parsedReply,
  // It tells neither how many requests it answers, nor whether a draft model writes ahead.
  running: async () => null,
  speculates: async () => null,
  async inMemory(access, signal) {
    return (await loadedModels(access, signal)).map(({ name }) => name);
  },
};
