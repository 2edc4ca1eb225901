import { assistantPart } from "../script/scripted-model.js";
import type { FakeVllmOptions } from "./fake-vllm-options.js";
import type { GeneratedChunk } from "./generate.js";

const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * A chat stream's chunks. With a reasoning parser the thought comes in `delta.reasoning`, what follows in
 * `delta.content`, and the tags as `delta: {}` with their log-probability entry alone.
 */
export function shapeChat(
  prompt: string,
  { reasoningParser = false, modelName }: FakeVllmOptions,
): {
  readonly role: Record<string, unknown>;
  readonly chunk: (chunk: GeneratedChunk, logprobs: unknown) => Record<string, unknown>;
  /** A reply that is not streamed. */
  readonly whole: (chunk: GeneratedChunk, logprobs: unknown) => Record<string, unknown>;
} {
  const common = { id: "chatcmpl-fake", object: "chat.completion.chunk", model: modelName };
  let thinking = reasoningParser && !assistantPart(prompt).includes(CLOSE);
  const delta = (text: string): Record<string, unknown> => {
    if (!reasoningParser) return { content: text };
    const bare = text.replace(OPEN, "");
    if (!thinking) return { content: bare };
    const [reasoning = "", content] = bare.split(CLOSE);
    thinking = content === undefined;
    return {
      ...(reasoning === "" ? {} : { reasoning }),
      ...(content === undefined || content === "" ? {} : { content }),
    };
  };
  return {
    role: {
      ...common,
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, logprobs: null }],
    },
    chunk: ({ text, finish, stopReason }, logprobs) => ({
      ...common,
      choices: [
        { index: 0, delta: delta(text), logprobs, finish_reason: finish, stop_reason: stopReason },
      ],
    }),
    whole: ({ text, finish, stopReason }, logprobs) => ({
      ...common,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: null, ...delta(text) },
          logprobs,
          finish_reason: finish,
          stop_reason: stopReason,
        },
      ],
    }),
  };
}
