import { llamacppQuestions } from "./llamacpp.js";
import { ollamaQuestions } from "./ollama.js";
import type { ServerQuestions } from "./server-questions.js";
import { sglangQuestions } from "./sglang.js";
import { vllmQuestions } from "./vllm.js";

const QUESTIONS: Readonly<Record<string, ServerQuestions>> = {
  vllm: vllmQuestions,
  "vllm-chat": vllmQuestions,
  llamacpp: llamacppQuestions,
  sglang: sglangQuestions,
  ollama: ollamaQuestions,
};

/** What a server of a kind can be asked, `null` where nobody knows its questions. */
export function questionsFor(kind: string): ServerQuestions | null {
  return Object.hasOwn(QUESTIONS, kind) ? (QUESTIONS[kind] ?? null) : null;
}
