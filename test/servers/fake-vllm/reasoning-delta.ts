import { assistantPart, type ScriptedToken } from "../script/scripted-model.js";
import type { FakeVllmOptions } from "./fake-vllm-options.js";
import type { GeneratedChunk } from "./generate.js";

const OPEN = "<think>";
const CLOSE = "</think>";

const isClosing = (token: ScriptedToken): boolean => token.text === CLOSE;

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
  const delta = ({ text, tokens }: GeneratedChunk): Record<string, unknown> => {
    if (!reasoningParser) return { content: text };
    const bare = text.replace(OPEN, "");
    if (!thinking) return { content: bare };
    if (!tokens.some(isClosing)) return bare === "" ? {} : { reasoning: bare };
    thinking = false;
    // Its text is dropped whatever it is: that of the tokens before may lag behind.
    if (tokens.length === 1) return {};
    // As the real one does: it does not ask whether it was found. A list's end counts from behind in both languages.
    const end = bare.indexOf(CLOSE);
    const reasoning = bare.slice(0, end);
    const content = bare.slice(end + CLOSE.length);
    return {
      ...(reasoning === "" ? {} : { reasoning }),
      ...(content === "" ? {} : { content }),
    };
  };
  return {
    role: {
      ...common,
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, logprobs: null }],
    },
    chunk: (chunk, logprobs) => ({
      ...common,
      choices: [
        {
          index: 0,
          delta: delta(chunk),
          logprobs,
          finish_reason: chunk.finish,
          stop_reason: chunk.stopReason,
        },
      ],
    }),
    whole: ({ text, tokens, finish, stopReason }, logprobs) => ({
      ...common,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            ...delta({ text, tokens, finish, stopReason }),
          },
          logprobs,
          finish_reason: finish,
          stop_reason: stopReason,
        },
      ],
    }),
  };
}
