import { loadedModels, ollamaVersion } from "../../writers/ollama/ollama-server.js";
import { countRaw, renderMessages, writtenBos } from "../../writers/ollama/rendered-by-ollama.js";
import { parsedReply } from "./parsed-reply.js";
import type { ServerQuestions } from "./server-questions.js";

/** Ollama, 0.12.11 to 0.40, from its source. */
export const ollamaQuestions: ServerQuestions = {
  version: async (access, signal) => `Ollama ${await ollamaVersion(access, signal)}`,
  renderUnfinished: renderMessages,
  async bosBefore(access, text, signal) {
    // One token in every vocabulary that it serves: what is counted beside it is the server's.
    const added = ((await countRaw(access, "a", signal)) ?? 0) - 1;
    return added === 0 || added === 1 ? added + (writtenBos(text) === "" ? 0 : 1) : null;
  },
  parsedReply,
  // It tells neither how many requests it answers, nor whether a draft model writes ahead.
  running: async () => null,
  speculates: async () => null,
  async inMemory(access, signal) {
    return (await loadedModels(access, signal)).map(({ name }) => name);
  },
};
