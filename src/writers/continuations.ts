import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../router/step-writer.js";
import { askWriter, canBePrompted } from "./ask/ask.js";
import { promptedAnswer } from "./ask/prompted-answer.js";
import { llamacppWriter } from "./llamacpp/llamacpp.js";
import { ollamaWriter } from "./ollama/ollama.js";
import { sglangWriter } from "./sglang/sglang.js";
import { vllmWriter } from "./vllm/vllm.js";
import { vllmChatWriter } from "./vllm/vllm-chat.js";

/** What a writer may be told beside its model. */
export interface WriterOptions {
  /** Priority of requests that go on with a thought; lower goes first. Only where `takesPriority`. */
  readonly continuationPriority?: number | undefined;
}

/** One way of making a model go on with an unfinished thought. */
export interface ContinuationKind {
  /** What it is for, in a few words; errors list it. */
  readonly purpose: string;
  /** Not for the glimpse: the model's candidates are never seen. */
  readonly largeOnly?: boolean;
  /** Its servers schedule by priority. */
  readonly takesPriority?: boolean;
  /** @throws GlimpRouterError `invalid_option` where the model cannot be used so */
  create(model: unknown, role: Role, options?: WriterOptions): StepWriter<ThoughtPrompt>;
}

/** The continuations that can be named. */
export const continuations = {
  vllm: {
    purpose: "a vLLM server, any model (text completions)",
    takesPriority: true,
    create: vllmWriter,
  },
  "vllm-chat": {
    purpose:
      "a vLLM server whose chat template keeps an unfinished message whole; needed for images",
    takesPriority: true,
    create: vllmChatWriter,
  },
  sglang: {
    purpose: "an SGLang server, any model (text completions)",
    create: sglangWriter,
  },
  llamacpp: {
    purpose: "a llama.cpp server, any model (text completions)",
    create: llamacppWriter,
  },
  ollama: {
    purpose: "an Ollama server of 0.12.11 or newer, any model (raw text)",
    create: (model, role) => ollamaWriter(model, role, { withTools: answerInChat(model, role) }),
  },
  ask: {
    purpose:
      "any chat model as large (OpenAI, Claude, Gemini, Ollama, ...): asked for the next step",
    largeOnly: true,
    create: askWriter,
  },
} as const satisfies Readonly<Record<string, ContinuationKind>>;

/** Tools through the model's own chat: what becomes of an unfinished message in Ollama's differs by template. */
export function answerInChat(
  model: unknown,
  role: Role,
): ReturnType<typeof promptedAnswer> | undefined {
  return canBePrompted(model) ? promptedAnswer(model, role) : undefined;
}

/** A continuation by its name. */
export type ContinuationName = keyof typeof continuations | "auto" | "local";

/** The names with their purposes, for an error's message. */
export function continuationList(role: Role): string {
  const kinds: Readonly<Record<string, ContinuationKind>> = continuations;
  const named = Object.entries(kinds)
    .filter(([, { largeOnly = false }]) => role === "large" || !largeOnly)
    .map(([name, { purpose }]) => `"${name}": ${purpose}`);
  return [
    ...named,
    "{ template, serverAddsBos }: any server with raw text completions, by the model's own chat template",
    '"local": a model that brings its own writer',
    "an object of your own that implements `StepWriter`",
  ].join("; ");
}
