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
import type { ToolCallPart } from "../../writers/chat-answer/tool-call-part.js";
import { BLOCK_INDEX, callBlock, callChunk } from "./call-block.js";
import { MODEL_PROVIDER } from "./content-blocks.js";
import { responseMetadata, usageOf } from "./finish-reply.js";
import { HeldBlanks } from "./held-blanks.js";
import { toolCallPart } from "./reply-events.js";
import { ReplyText } from "./reply-text.js";

/**
 * Turns what happens in a reply into LangChain's chunks. One per reply: it holds blanks back at the end of
 * the thought, which `reasoning_content` never ends in.
 */
export class ChunkWriter {
  /** What was turned into chunks. */
  readonly text = new ReplyText();
  readonly #contentBlocks: boolean;
  readonly #thinking: boolean;
  readonly #thought = new HeldBlanks();

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
    this.text.add(event);
    if (event.type === "answer-delta") return this.#content(event.text);
    const part = toolCallPart(event);
    if (part !== null) return this.#toolCall(part);
    if (event.type === "text-delta") {
      return this.#thinking ? this.#reasoning(event.text) : this.#content(event.text);
    }
    // Blanks at its end were held back by whoever handed it out.
    if (event.type === "thought-resumed") this.#thought.add(event.thought);
    return null;
  }

  /** What an earlier call has handed out, for a message that must have all of a reply; `null` for nothing. */
  chunkBefore({ thought, answer }: Extract<RouteEvent, { type: "thought-resumed" }>) {
    const text = this.#thinking ? answer : thought;
    const reasoning = this.#thinking ? thought.trimEnd() : "";
    if (text === "" && reasoning === "") return null;
    return this.#chunk(text, this.#fieldsOf(reasoning, text));
  }

  /**
   * The last chunk, with the routing record: only one may carry it, since merging chunks adds numbers up. In v1 it
   * has the calls' blocks, too: a piece of a call as a block would stay one when chunks are merged.
   */
  lastChunk(record: RoutingRecord): ChatGenerationChunk {
    const content = this.#contentBlocks ? this.text.toolCalls.map(callBlock) : "";
    return this.#closingChunk("", { content }, this.text, record);
  }

  /** A whole reply at once, the same as its chunks merged: merging thousands of them is what costs. */
  wholeChunk(whole: ReplyText, record: RoutingRecord): ChatGenerationChunk {
    const { thought, answer, toolCalls } = whole;
    const tool_call_chunks = toolCalls.map(callChunk);
    const reasoning = this.#thinking ? thought.trimEnd() : "";
    const text = this.#thinking ? answer : thought;
    const fields = this.#fieldsOf(reasoning, text, toolCalls.map(callBlock));
    return this.#closingChunk(text, { ...fields, tool_call_chunks }, whole, record);
  }

  #fieldsOf(reasoning: string, text: string, calls: readonly ContentBlock[] = []): ChunkFields {
    if (!this.#contentBlocks) {
      const additional_kwargs = reasoning === "" ? {} : { reasoning_content: reasoning };
      return { content: text, additional_kwargs };
    }
    const content: ContentBlock[] = [];
    if (reasoning !== "") content.push(reasoningBlock(reasoning));
    if (text !== "") content.push(textBlock(text));
    return { content: [...content, ...calls] };
  }

  #closingChunk(
    text: string,
    fields: ChunkFields,
    whole: ReplyText,
    record: RoutingRecord,
  ): ChatGenerationChunk {
    return this.#chunk(
      text,
      {
        ...fields,
        usage_metadata: usageOf(record),
        response_metadata: responseMetadata(record, whole.toolCalls.length > 0),
      },
      whole,
    );
  }

  #toolCall(part: ToolCallPart): ChatGenerationChunk {
    const content = this.#contentBlocks ? [] : "";
    return this.#chunk("", { content, tool_call_chunks: [callChunk(part)] });
  }

  #content(text: string): ChatGenerationChunk {
    return this.#chunk(text, { content: this.#contentBlocks ? [textBlock(text)] : text });
  }

  #reasoning(delta: string): ChatGenerationChunk | null {
    const reasoning = this.#thought.add(delta);
    if (reasoning === "") return null;
    return this.#contentBlocks
      ? this.#chunk("", { content: [reasoningBlock(reasoning)] })
      : this.#chunk("", { content: "", additional_kwargs: { reasoning_content: reasoning } });
  }

  #chunk(text: string, fields: ChunkFields, whole = this.text): ChatGenerationChunk {
    const messageFields: AIMessageChunkFields<StandardMessageStructure> = {
      content: fields.content,
      additional_kwargs: fields.additional_kwargs ?? {},
      tool_call_chunks: [...(fields.tool_call_chunks ?? [])],
      ...(fields.usage_metadata === undefined ? {} : { usage_metadata: fields.usage_metadata }),
      response_metadata: {
        model_provider: MODEL_PROVIDER,
        ...(this.#contentBlocks ? { output_version: "v1" as const } : {}),
        ...(whole.part === null ? {} : { glimprouter_part: whole.part }),
        ...fields.response_metadata,
      },
    };
    const message = new AIMessageChunk(messageFields);
    return new ChatGenerationChunk({ text, message });
  }
}

function reasoningBlock(reasoning: string): ContentBlock {
  return { type: "reasoning", reasoning, index: BLOCK_INDEX.reasoning };
}

function textBlock(text: string): ContentBlock {
  return { type: "text", text, index: BLOCK_INDEX.text };
}

interface ChunkFields {
  readonly content: string | ContentBlock[];
  readonly additional_kwargs?: Record<string, unknown>;
  readonly tool_call_chunks?: readonly ToolCallChunk[];
  readonly usage_metadata?: UsageMetadata;
  readonly response_metadata?: Record<string, unknown>;
}
