import type { AIMessage, AIMessageChunk, ContentBlock } from "@langchain/core/messages";

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
  return [...blocks, ...callsOf(message)];
}

/** A piece of a call is none: only the last chunk, and a whole message, say how the reply ended. */
function callsOf(message: AIMessage): readonly ContentBlock.Standard[] {
  const { tool_calls = [], invalid_tool_calls = [], response_metadata } = message;
  const { tool_call_chunks = [] } = message as Partial<AIMessageChunk>;
  if (response_metadata.finish_reason === undefined && tool_call_chunks.length > 0) {
    return tool_call_chunks.map((chunk) => ({ ...chunk, type: "tool_call_chunk" }));
  }
  return [
    ...tool_calls.map(({ id, name, args }) => ({
      type: "tool_call" as const,
      ...(id === undefined ? {} : { id }),
      name,
      args,
    })),
    ...invalid_tool_calls.map((call) => ({ ...call, type: "invalid_tool_call" as const })),
  ] as ContentBlock.Standard[];
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
