import type { AIMessage, ContentBlock } from "@langchain/core/messages";

/** `response_metadata.model_provider` of our messages: core finds the translator below by it. */
export const MODEL_PROVIDER = "glimprouter";

interface BlockTranslator {
  translateContent(message: AIMessage): ContentBlock.Standard[];
  translateContentChunk(message: AIMessage): ContentBlock.Standard[];
}

/** A message as content blocks: the thought first, then the answer, then tool calls. */
function toContentBlocks(message: AIMessage): ContentBlock.Standard[] {
  const blocks: ContentBlock.Standard[] = [];
  const thought = message.additional_kwargs.reasoning_content;
  if (typeof thought === "string" && thought !== "") {
    blocks.push({ type: "reasoning", reasoning: thought });
  }
  if (typeof message.content === "string") {
    if (message.content !== "") blocks.push({ type: "text", text: message.content });
  } else {
    blocks.push(...(message.content as ContentBlock.Standard[]));
  }
  for (const { id, name, args } of message.tool_calls ?? []) {
    blocks.push({ type: "tool_call", ...(id === undefined ? {} : { id }), name, args });
  }
  return blocks;
}

/**
 * Makes `message.contentBlocks` show the thought. Core keeps its translators, one per provider, in a
 * registry on `globalThis` (core 1.4, messages/block_translators) and has no function to add one. Called
 * by the constructor: importing the package changes nothing.
 */
export function registerContentBlocks(): void {
  const registry = (globalThis as { lc_block_translators_registry?: Map<string, BlockTranslator> })
    .lc_block_translators_registry;
  registry?.set(MODEL_PROVIDER, {
    translateContent: toContentBlocks,
    translateContentChunk: toContentBlocks,
  });
}
