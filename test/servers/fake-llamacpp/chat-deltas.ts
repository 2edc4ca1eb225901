import { assistantPart } from "../script/scripted-model.js";
import { ToolCallParser, type ToolCallPart } from "../script/tool-call-parser.js";
import { continuesByFlag, hasTools } from "./chat-flags.js";
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
  { reasoningFormat = "auto", modelName = "", knowsTools = true }: FakeLlamacppOptions,
): {
  readonly opening: readonly object[];
  readonly chunksOf: (chunk: LlamacppChunk, logprobs: unknown) => readonly object[];
  readonly endOf: (finish: "stop" | "length" | null) => readonly object[];
} {
  const calls =
    knowsTools && hasTools(body) && body.tool_choice !== "none" ? new ToolCallParser() : null;
  const parses = (body.reasoning_format ?? reasoningFormat) !== "none";
  let echo = continuesByFlag(body) ? "" : prefill;
  let thinking = parses && opensThought(prompt);
  const chunk = (delta: object, more: object = {}) => ({
    choices: [{ finish_reason: null, index: 0, delta, ...more }],
    model: modelName,
    object: "chat.completion.chunk",
    id: "chatcmpl-fake",
  });
  const parsed = (text: string, isLast: boolean) => {
    if (calls === null) return [];
    const { content, parts } = calls.read(text, isLast);
    const deltas = [...(content === "" ? [] : [{ content }]), ...parts.map(toDelta)];
    return deltas.map((delta) => chunk(delta));
  };
  return {
    opening: [chunk({ role: "assistant", content: null })],
    chunksOf: ({ text }, logprobs) => {
      const whole = echo + text;
      echo = "";
      const isThought = thinking;
      const shown = isThought ? whole.replace(CLOSE, "") : whole;
      thinking = isThought && !whole.includes(CLOSE);
      if (isSwallowed(shown, text, parses)) return [];
      if (calls !== null && !isThought) return parsed(shown, false);
      const field = isThought ? "reasoning_content" : "content";
      return [chunk({ [field]: shown }, logprobs === null ? {} : { logprobs })];
    },
    endOf: (finish) => {
      const rest = parsed("", true);
      const called = finish === "stop" && calls?.found === true;
      return [...rest, chunk({}, { finish_reason: called ? "tool_calls" : finish })];
    },
  };
}

/** A call's first delta has its name, and no arguments yet. */
function toDelta(part: ToolCallPart): object {
  const { index } = part;
  const call =
    "slice" in part
      ? { index, function: { arguments: part.slice } }
      : { index, id: part.id, type: "function", function: { name: part.name } };
  return { tool_calls: [call] };
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
