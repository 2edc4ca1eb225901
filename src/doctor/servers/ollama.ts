import { isContextOverflow } from "../../writers/connection/context-overflow.js";
import { toRefusal } from "../../writers/ollama/ollama-refusal.js";
import { loadedModels, ollamaVersion } from "../../writers/ollama/ollama-server.js";
import {
  askRaw,
  countRaw,
  renderMessages,
  writtenBos,
} from "../../writers/ollama/rendered-by-ollama.js";
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
  async refusesTooLong(access, contextSize, signal) {
    try {
      // A token each, or more, in every vocabulary.
      await countRaw(access, " a".repeat(contextSize + 1), signal);
      return false;
    } catch (error) {
      if (isContextOverflow(toRefusal(error))) return true;
      throw error;
    }
  },
  async loading(access, signal) {
    const { load_duration: nanoseconds } = await askRaw(access, "a", signal);
    return typeof nanoseconds === "number" ? nanoseconds / 1e6 : null;
  },
  async inMemory(access, signal) {
    return (await loadedModels(access, signal)).map(({ name }) => name);
  },
};
