import type { AIMessage, BaseMessage, ToolMessage } from "@langchain/core/messages";
import { type OpenAIContentPart, toContent } from "./content-parts.js";

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

function toOpenAIMessage(message: BaseMessage, inCurrentTurn: boolean): OpenAIMessage {
  const common = {
    role: roleOf(message),
    content: toContent(message),
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

function reasoningOf(message: BaseMessage): string {
  const { reasoning_content } = message.additional_kwargs;
  if (typeof reasoning_content === "string") return reasoning_content;
  if (typeof message.content === "string") return "";
  return message.content
    .map(({ type, reasoning, thinking }) => (type === "thinking" ? thinking : reasoning))
    .filter((text) => typeof text === "string")
    .join("");
}
