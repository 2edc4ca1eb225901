import type { MessageContent } from "@langchain/core/messages";

/** The text of a message's content; what is no text is left out. */
export function textOfContent(content: MessageContent): string {
  if (typeof content === "string") return content;
  return content
    .map((block) => (block.type === "text" && typeof block.text === "string" ? block.text : ""))
    .join("");
}
