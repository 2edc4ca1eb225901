import { assistantPart } from "../fake-vllm/scripted-model.js";
import type { FakeLlamacppOptions } from "./fake-llamacpp-options.js";
import type { LlamacppChunk } from "./generate.js";
import type { RenderedChat } from "./render-prompt.js";

const CLOSE = "</think>";

/**
 * A chat stream's chunks. Two traps: the prefill is echoed in front of the first token, unless both flags of
 * a continuation were sent; and with `--reasoning-format auto` a thought comes in `reasoning_content`, while
 * its closing tag and the blanks round it never come at all.
 */
export function chatDeltas(
  { prompt, prefill }: RenderedChat,
  body: Readonly<Record<string, unknown>>,
  { reasoningFormat = "auto", modelName = "" }: FakeLlamacppOptions,
): {
  readonly opening: readonly object[];
  readonly chunksOf: (chunk: LlamacppChunk, logprobs: unknown) => readonly object[];
  readonly endOf: (finish: "stop" | "length" | null) => object;
} {
  const parses = (body.reasoning_format ?? reasoningFormat) !== "none";
  let echo = body.continue_final_message === true ? "" : prefill;
  let thinking = parses && opensThought(prompt);
  const chunk = (delta: object, more: object = {}) => ({
    choices: [{ finish_reason: null, index: 0, delta, ...more }],
    model: modelName,
    object: "chat.completion.chunk",
    id: "chatcmpl-fake",
  });
  return {
    opening: [chunk({ role: "assistant", content: null })],
    chunksOf: ({ text }, logprobs) => {
      const whole = echo + text;
      echo = "";
      const shown = thinking ? whole.replace(CLOSE, "") : whole;
      const field = thinking ? "reasoning_content" : "content";
      if (thinking && whole.includes(CLOSE)) thinking = false;
      const isSwallowed = shown === "" || (parses && shown !== text && shown.trim() === "");
      return isSwallowed ? [] : [chunk({ [field]: shown }, logprobs === null ? {} : { logprobs })];
    },
    endOf: (finish) => ({
      choices: [{ finish_reason: finish, index: 0, delta: {} }],
      model: modelName,
      object: "chat.completion.chunk",
      id: "chatcmpl-fake",
    }),
  };
}

/** Only a tag of the template's own, or of a `reasoning_content`: what stands in a prefilled content is content. */
function opensThought(prompt: string): boolean {
  const part = assistantPart(prompt);
  return part.startsWith("<think>") && !part.includes(CLOSE);
}
