import {
  AIMessageChunk,
  type AIMessageChunkFields,
  type ContentBlock,
  type StandardMessageStructure,
  type ToolCallChunk,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import type { RouteEvent } from "../../router/route-event.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import { MODEL_PROVIDER } from "./content-blocks.js";
import { responseMetadata, usageOf } from "./finish-reply.js";
import { HeldBlanks } from "./held-blanks.js";
import { toolCallPart } from "./reply-events.js";
import type { ReplyText, WrittenToolCall } from "./reply-text.js";

/**
 * Turns what happens in a reply into LangChain's chunks. One per reply: it holds blanks back at the end of
 * the thought, which `reasoning_content` never ends in.
 */
export class ChunkWriter {
  readonly #contentBlocks: boolean;
  readonly #thinking: boolean;
  readonly #thought = new HeldBlanks();
  #calledTools = false;

  /**
   * @param outputVersion - `"v1"`: content as blocks, reasoning at index 0, text at 1, tool calls behind
   * @param thinking - false: the steps are the reply itself
   */
  constructor({ outputVersion, thinking }: { outputVersion: "v0" | "v1"; thinking: boolean }) {
    this.#contentBlocks = outputVersion === "v1";
    this.#thinking = thinking;
  }

  /** The chunk of an event, `null` where there is nothing to show. */
  chunkOf(event: RouteEvent): ChatGenerationChunk | null {
    if (event.type === "answer-delta") return this.#content(event.text);
    const part = toolCallPart(event);
    if (part !== null) return this.#toolCall(part);
    if (event.type !== "text-delta") return null;
    return this.#thinking ? this.#reasoning(event.text) : this.#content(event.text);
  }

  /** The last chunk, with the routing record. Only one may carry it: merging chunks adds numbers up. */
  lastChunk(record: RoutingRecord): ChatGenerationChunk {
    return this.#closingChunk("", { content: this.#contentBlocks ? [] : "" }, record);
  }

  /** A whole reply at once, the same as its chunks merged: merging thousands of them is what costs. */
  wholeChunk(whole: ReplyText, record: RoutingRecord): ChatGenerationChunk {
    const { thought, answer, toolCalls } = whole;
    this.#calledTools ||= toolCalls.length > 0;
    const tool_call_chunks = toolCalls.map(toChunk);
    const reasoning = this.#thinking ? thought.trimEnd() : "";
    const text = this.#thinking ? answer : thought;
    if (!this.#contentBlocks) {
      const additional_kwargs = reasoning === "" ? {} : { reasoning_content: reasoning };
      const fields = { content: text, additional_kwargs, tool_call_chunks };
      return this.#closingChunk(text, fields, record);
    }
    const content: ContentBlock[] = [];
    if (reasoning !== "") content.push({ type: "reasoning", reasoning, index: 0 });
    if (text !== "") content.push({ type: "text", text, index: 1 });
    content.push(...toolCalls.map(toBlock));
    return this.#closingChunk(text, { content, tool_call_chunks }, record);
  }

  #closingChunk(text: string, fields: ChunkFields, record: RoutingRecord): ChatGenerationChunk {
    return this.#chunk(text, {
      ...fields,
      usage_metadata: usageOf(record),
      response_metadata: responseMetadata(record, this.#calledTools),
    });
  }

  #toolCall(part: Partial<WrittenToolCall> & { readonly index: number }): ChatGenerationChunk {
    this.#calledTools = true;
    const chunk = toChunk(part);
    const block = { ...chunk, index: FIRST_TOOL_BLOCK + part.index } as ContentBlock;
    const content = this.#contentBlocks ? [block] : "";
    return this.#chunk("", { content, tool_call_chunks: [chunk] });
  }

  #content(text: string): ChatGenerationChunk {
    const content = this.#contentBlocks ? [{ type: "text", text, index: 1 }] : text;
    return this.#chunk(text, { content });
  }

  #reasoning(delta: string): ChatGenerationChunk | null {
    const reasoning = this.#thought.add(delta);
    if (reasoning === "") return null;
    return this.#contentBlocks
      ? this.#chunk("", { content: [{ type: "reasoning", reasoning, index: 0 }] })
      : this.#chunk("", { content: "", additional_kwargs: { reasoning_content: reasoning } });
  }

  #chunk(text: string, fields: ChunkFields): ChatGenerationChunk {
    const messageFields: AIMessageChunkFields<StandardMessageStructure> = {
      content: fields.content,
      additional_kwargs: fields.additional_kwargs ?? {},
      tool_call_chunks: [...(fields.tool_call_chunks ?? [])],
      ...(fields.usage_metadata === undefined ? {} : { usage_metadata: fields.usage_metadata }),
      response_metadata: {
        model_provider: MODEL_PROVIDER,
        ...(this.#contentBlocks ? { output_version: "v1" as const } : {}),
        ...fields.response_metadata,
      },
    };
    const message = new AIMessageChunk(messageFields);
    return new ChatGenerationChunk({ text, message });
  }
}

/** In v1 content: behind thought and text. */
const FIRST_TOOL_BLOCK = 2;

function toChunk({
  index,
  id,
  name,
  args,
}: {
  readonly index: number;
  readonly id?: string | undefined;
  readonly name?: string;
  readonly args?: string;
}): ToolCallChunk {
  return {
    type: "tool_call_chunk",
    index,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    args: args ?? "",
  };
}

/** A call of a whole reply. One whose arguments are no JSON stays as it was written. */
function toBlock(call: WrittenToolCall): ContentBlock {
  const { id, name } = call;
  try {
    const args: unknown = JSON.parse(call.args === "" ? "{}" : call.args);
    return { type: "tool_call", ...(id === undefined ? {} : { id }), name, args };
  } catch {
    return { ...toChunk(call) } as ContentBlock;
  }
}

interface ChunkFields {
  readonly content: string | ContentBlock[];
  readonly additional_kwargs?: Record<string, unknown>;
  readonly tool_call_chunks?: readonly ToolCallChunk[];
  readonly usage_metadata?: UsageMetadata;
  readonly response_metadata?: Record<string, unknown>;
}
