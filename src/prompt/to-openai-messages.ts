import type { AIMessage, BaseMessage, ToolMessage } from "@langchain/core/messages";

/** A part of a message's content, in OpenAI's format: text, or an image, a sound, a file. */
export type OpenAIContentPart = Readonly<Record<string, unknown>> & { readonly type: string };

export interface OpenAIToolCall {
  readonly id: string;
  readonly type: "function";
  /** `arguments` is JSON in a string. */
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A message as OpenAI-compatible servers take it, and as chat templates read it. */
export type OpenAIMessage = {
  readonly role: string;
  /** One string wherever the content is text: servers join parts with a line break of their own. */
  readonly content: string | readonly OpenAIContentPart[];
  readonly name?: string;
  readonly tool_calls?: readonly OpenAIToolCall[];
  readonly tool_call_id?: string;
  readonly reasoning_content?: string;
};

/**
 * Turns LangChain messages into OpenAI's: text, tool calls, tool results, names, and the reasoning of the
 * turn that is still going on (templates drop that of earlier turns, as their models were trained).
 */
export function toOpenAIMessages(messages: readonly BaseMessage[]): readonly OpenAIMessage[] {
  const lastHuman = messages.map((message) => message.type).lastIndexOf("human");
  return messages.map((message, index) => toOpenAIMessage(message, index > lastHuman));
}

/** Can the messages be told in text alone? */
export function hasOnlyText(messages: readonly OpenAIMessage[]): boolean {
  return messages.every(({ content }) => typeof content === "string");
}

function toOpenAIMessage(message: BaseMessage, inCurrentTurn: boolean): OpenAIMessage {
  const common = {
    role: roleOf(message),
    content: toContent(message.content),
    ...(message.name === undefined ? {} : { name: message.name }),
  };
  if (message.type === "tool") {
    return { ...common, tool_call_id: (message as ToolMessage).tool_call_id };
  }
  if (message.type !== "ai") return common;
  const toolCalls = toToolCalls(message as AIMessage);
  const reasoning = inCurrentTurn ? reasoningOf(message) : "";
  return {
    ...common,
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
  };
}

const ROLES: Readonly<Record<string, string>> = {
  ai: "assistant",
  developer: "developer",
  function: "function",
  human: "user",
  system: "system",
  tool: "tool",
};

/** A `ChatMessage` names its role itself. */
function roleOf(message: BaseMessage): string {
  const { role } = message as { role?: unknown };
  return message.type === "generic" && typeof role === "string"
    ? role
    : (ROLES[message.type] ?? message.type);
}

function toToolCalls({ tool_calls = [] }: AIMessage): readonly OpenAIToolCall[] {
  return tool_calls.map(({ id, name, args }, index) => ({
    id: id ?? `call_${index}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
}

/** Blocks that say in content what a field of the message says already, or what templates have no place for. */
const NOT_CONTENT: ReadonlySet<string> = new Set([
  "reasoning",
  "thinking",
  "redacted_thinking",
  "tool_call",
  "tool_use",
  "function_call",
  "input_json_delta",
  "invalid_tool_call",
]);

function toContent(content: BaseMessage["content"]): OpenAIMessage["content"] {
  if (typeof content === "string") return content;
  const blocks = content.filter(({ type }) => !NOT_CONTENT.has(type));
  if (blocks.every(({ type }) => type === "text")) {
    return blocks.map(({ text }) => text).join("");
  }
  return blocks.map(toPart);
}

/** LangChain's own image blocks become `image_url`; what is OpenAI's already, or nobody's, stays as it is. */
function toPart(block: Readonly<Record<string, unknown>> & { type: string }): OpenAIContentPart {
  if (block.type === "text") return { type: "text", text: block.text };
  const { url, data } = block;
  if (block.type !== "image" || (typeof url !== "string" && typeof data !== "string")) return block;
  const mimeType = block.mimeType ?? block.mime_type ?? "image/png";
  return { type: "image_url", image_url: { url: url ?? `data:${mimeType};base64,${data}` } };
}

function reasoningOf(message: BaseMessage): string {
  const { reasoning_content } = message.additional_kwargs;
  if (typeof reasoning_content === "string") return reasoning_content;
  if (typeof message.content === "string") return "";
  return message.content
    .map((block) => (block.type === "reasoning" ? block.reasoning : ""))
    .filter((text) => typeof text === "string")
    .join("");
}
