import { assistantPart } from "../fake-vllm/scripted-model.js";
import { ToolCallDeltas } from "../fake-vllm/tool-call-delta.js";
import type { FakeLlamacppOptions } from "./fake-llamacpp-options.js";
import type { LlamacppChunk } from "./generate.js";
import { continuesByFlag, type RenderedChat } from "./render-prompt.js";

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
  const calls =
    Array.isArray(body.tools) && body.tool_choice !== "none" ? new ToolCallDeltas() : null;
  const parsed = (each: { readonly choices: readonly object[] }) =>
    (calls?.reshape(each) ?? each) as object;
  const parses = (body.reasoning_format ?? reasoningFormat) !== "none";
  let echo = continuesByFlag(body) ? "" : prefill;
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
      const isThought = thinking;
      const shown = isThought ? whole.replace(CLOSE, "") : whole;
      thinking = isThought && !whole.includes(CLOSE);
      if (isSwallowed(shown, text, parses)) return [];
      const field = isThought ? "reasoning_content" : "content";
      const shaped = chunk({ [field]: shown }, logprobs === null ? {} : { logprobs });
      return [isThought ? shaped : parsed(shaped)];
    },
    endOf: (finish) => parsed(chunk({}, { finish_reason: finish })),
  };
}

/** The parser leaves out a closing tag, and the blanks round it. */
function isSwallowed(shown: string, text: string, parses: boolean): boolean {
  return shown === "" || (parses && shown !== text && shown.trim() === "");
}

/** Only a tag of the template's own, or of a `reasoning_content`: what stands in a prefilled content is content. */
function opensThought(prompt: string): boolean {
  const part = assistantPart(prompt);
  return part.startsWith("<think>") && !part.includes(CLOSE);
}
