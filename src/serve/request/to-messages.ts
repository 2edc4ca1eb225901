import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type MessageContent,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import type { ChatMessage } from "./message-schema.js";

type AssistantMessage = Extract<ChatMessage, { role: "assistant" }>;

/**
 * OpenAI's messages as LangChain's. Of earlier turns thoughts are dropped, as templates do; inside a tool loop they stay:
 * the model goes on with them.
 */
export function toMessages(messages: readonly ChatMessage[]): BaseMessage[] {
  const lastUser = messages.map(({ role }) => role).lastIndexOf("user");
  return messages.map((message, index) => toMessage(message, index > lastUser));
}

function toMessage(message: ChatMessage, inCurrentTurn: boolean): BaseMessage {
  const content = (message.content ?? "") as MessageContent;
  switch (message.role) {
    case "tool":
      return new ToolMessage({ content, tool_call_id: message.tool_call_id });
    case "assistant":
      return toAssistant(message, inCurrentTurn);
    case "user":
      return new HumanMessage({ content, ...named(message) });
    default:
      return new SystemMessage({ content, ...named(message) });
  }
}

function toAssistant(message: AssistantMessage, inCurrentTurn: boolean): AIMessage {
  const told = message.reasoning_content ?? message.reasoning ?? "";
  const { content, thought } = withoutTags(message.content ?? "");
  const reasoning = inCurrentTurn ? told || thought : "";
  return new AIMessage({
    content: content as MessageContent,
    ...named(message),
    additional_kwargs: reasoning === "" ? {} : { reasoning_content: reasoning },
    tool_calls: (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
      type: "tool_call" as const,
      id,
      name,
      args,
    })),
  });
}

const TAGGED = /^\s*<think>(?<thought>.*?)<\/think>\s*/s;

/** Clients that got a thought in tags send it back in tags. */
function withoutTags(content: Exclude<AssistantMessage["content"], null | undefined>): {
  readonly content: typeof content;
  readonly thought: string;
} {
  const tagged = typeof content === "string" ? TAGGED.exec(content) : null;
  if (tagged === null) return { content, thought: "" };
  const thought = tagged.groups?.thought?.trim() ?? "";
  return { content: (content as string).slice(tagged[0].length), thought };
}

function named({ name }: { readonly name?: string | null | undefined }): { name?: string } {
  return typeof name === "string" ? { name } : {};
}
