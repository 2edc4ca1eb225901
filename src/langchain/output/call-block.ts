import {
  type ContentBlock,
  collapseToolCallChunks,
  type ToolCallChunk,
} from "@langchain/core/messages";
import type { WrittenToolCall } from "./reply-text.js";

/** Places of a message's blocks, the same however the message is had: thought, answer, then calls. */
export const BLOCK_INDEX = { reasoning: 0, text: 1, firstCall: 2 } as const;

/** A piece of a call, or a whole one, as core merges them. */
export function callChunk(
  part: Pick<WrittenToolCall, "index"> & Partial<WrittenToolCall>,
): ToolCallChunk {
  const { index, id, name, args = "" } = part;
  return {
    type: "tool_call_chunk",
    index,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    args,
  };
}

/**
 * A whole call as a block. Core reads the arguments, so that the block says what the message's `tool_calls` and
 * `invalid_tool_calls` say.
 */
export function callBlock(call: WrittenToolCall): ContentBlock {
  const { tool_calls, invalid_tool_calls } = collapseToolCallChunks([callChunk(call)]);
  const [block] = [...tool_calls, ...invalid_tool_calls];
  return { ...(block as ContentBlock), index: BLOCK_INDEX.firstCall + call.index };
}
