/** A message as a chat template sees it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly unknown[];
  readonly name?: string;
}

export interface TemplateInput {
  readonly messages: readonly TemplateMessage[];
  readonly tools?: readonly unknown[] | undefined;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly addGenerationPrompt: boolean;
}

export type ChatTemplate = (input: TemplateInput) => string;
export type TemplateName = "plain" | "qwen3" | "r1" | "trimming";

/** BOS that a template writes; the tokenizers of the others have none. */
export const BOS: Readonly<Record<TemplateName, string>> = {
  plain: "<s>",
  trimming: "<s>",
  r1: "<｜begin▁of▁sentence｜>",
  qwen3: "",
};

export const TEMPLATES: Readonly<Record<TemplateName, ChatTemplate>> = {
  /** ChatML: writes contents as they are. */
  plain: (input) => BOS.plain + chatml(input, ({ content }) => content),
  trimming: (input) => BOS.trimming + chatml(input, ({ content }) => content.trim()),
  qwen3: (input) => qwen3(input),
  r1: (input) => r1(input),
};

function chatml(
  { messages, tools, addGenerationPrompt }: TemplateInput,
  write: (message: TemplateMessage, index: number) => string,
): string {
  const shown =
    tools === undefined || tools.length === 0 ? "" : `# Tools\n${JSON.stringify(tools)}`;
  const head = shown === "" ? "" : `<|im_start|>system\n${shown}<|im_end|>\n`;
  const body = messages.map(
    (message, index) =>
      `<|im_start|>${message.role}\n${write(message, index)}${calls(message)}<|im_end|>\n`,
  );
  return head + body.join("") + (addGenerationPrompt ? "<|im_start|>assistant\n" : "");
}

function calls({ tool_calls }: TemplateMessage): string {
  return tool_calls === undefined ? "" : `\n<tool_call>${JSON.stringify(tool_calls)}</tool_call>`;
}

/** Stock Qwen3 (hybrid): an assistant message of the current turn that is the last gets a think block, empty if need be. */
function qwen3(input: TemplateInput): string {
  const { messages, kwargs, addGenerationPrompt } = input;
  const lastQuery = messages.map(({ role }) => role).lastIndexOf("user");
  const text = chatml(input, (message, index) => {
    if (message.role !== "assistant") return message.content;
    const { content, reasoning } = splitQwen(message);
    const inTurn = index > lastQuery && (index === messages.length - 1 || reasoning !== "");
    if (!inTurn) return content;
    return `<think>\n${reasoning.replace(/^\n+|\n+$/g, "")}\n</think>\n\n${content.replace(/^\n+/, "")}`;
  });
  const off = addGenerationPrompt && kwargs.enable_thinking === false;
  return off ? `${text}<think>\n\n</think>\n\n` : text;
}

function splitQwen({ content, reasoning_content }: TemplateMessage): {
  content: string;
  reasoning: string;
} {
  if (reasoning_content !== undefined) return { content, reasoning: reasoning_content };
  const parts = content.split("</think>");
  if (parts.length === 1) return { content, reasoning: "" };
  const before = (parts[0] ?? "").replace(/\n+$/, "").split("<think>").at(-1) ?? "";
  return {
    content: (parts.at(-1) ?? "").replace(/^\n+/, ""),
    reasoning: before.replace(/^\n+/, ""),
  };
}

/** Stock DeepSeek-R1-Distill: opens the thought itself, deletes the thoughts of assistant messages. */
function r1({ messages, addGenerationPrompt }: TemplateInput): string {
  const body = messages.map(({ role, content }) => {
    if (role === "user") return `<｜User｜>${content}`;
    if (role === "assistant") {
      return `<｜Assistant｜>${content.split("</think>").at(-1) ?? ""}<｜end▁of▁sentence｜>`;
    }
    return content;
  });
  return BOS.r1 + body.join("") + (addGenerationPrompt ? "<｜Assistant｜><think>\n" : "");
}

/** A template that cannot continue the message as asked; vLLM answers 400. */
export class TemplateError extends Error {}

/**
 * `transformers`' `continue_final_message`: a tag is put behind the last message, and the rendered text is
 * cut where it comes out. A template that trims takes the tag's own blank with it, and then all before it.
 */
export function renderContinued(template: ChatTemplate, input: TemplateInput): string {
  const last = input.messages.at(-1);
  if (last === undefined) throw new TemplateError("list object has no element 0");
  const tag = "CONTINUE_FINAL_MESSAGE_TAG ";
  const messages = [...input.messages.slice(0, -1), { ...last, content: last.content + tag }];
  const text = template({ ...input, messages, addGenerationPrompt: false });
  const at = text.lastIndexOf(tag.trim());
  if (at === -1 || !text.includes(last.content.trim())) {
    throw new TemplateError(
      "continue_final_message is set but the final message does not appear in the chat after applying the chat template! This can happen if the chat template deletes portions of the final message. Please verify the chat template and final message in your chat to ensure they are compatible.",
    );
  }
  return text.startsWith(tag, at) ? text.slice(0, at) : text.slice(0, at).trimEnd();
}
