import {
  AIMessageChunk,
  type AIMessageChunkFields,
  type ContentBlock,
  type StandardMessageStructure,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import type { RouteEvent } from "../router/route-event.js";
import type { RoutingRecord } from "../router/route-trace.js";
import { MODEL_PROVIDER } from "./content-blocks.js";
import { responseMetadata, usageOf } from "./finish-reply.js";
import { HeldBlanks } from "./held-blanks.js";
import type { ReplyText } from "./reply-text.js";

/**
 * Turns what happens in a reply into LangChain's chunks. One per reply: it holds blanks back at the end of
 * the thought, which `reasoning_content` never ends in.
 */
export class ChunkWriter {
  readonly #contentBlocks: boolean;
  readonly #thinking: boolean;
  readonly #thought = new HeldBlanks();

  /**
   * @param outputVersion - `"v1"`: content as blocks, reasoning at index 0 and text at index 1
   * @param thinking - false: the steps are the reply itself
   */
  constructor({ outputVersion, thinking }: { outputVersion: "v0" | "v1"; thinking: boolean }) {
    this.#contentBlocks = outputVersion === "v1";
    this.#thinking = thinking;
  }

  /** The chunk of an event, `null` where there is nothing to show. */
  chunkOf(event: RouteEvent): ChatGenerationChunk | null {
    if (event.type === "answer-delta") return this.#content(event.text);
    if (event.type !== "text-delta") return null;
    return this.#thinking ? this.#reasoning(event.text) : this.#content(event.text);
  }

  /** The last chunk, with the routing record. Only one may carry it: merging chunks adds numbers up. */
  lastChunk(record: RoutingRecord): ChatGenerationChunk {
    return this.#closingChunk("", { content: this.#contentBlocks ? [] : "" }, record);
  }

  /** A whole reply at once, the same as its chunks merged: merging thousands of them is what costs. */
  wholeChunk({ thought, answer }: ReplyText, record: RoutingRecord): ChatGenerationChunk {
    const reasoning = this.#thinking ? thought.trimEnd() : "";
    const text = this.#thinking ? answer : thought;
    if (!this.#contentBlocks) {
      const additional_kwargs = reasoning === "" ? {} : { reasoning_content: reasoning };
      return this.#closingChunk(text, { content: text, additional_kwargs }, record);
    }
    const content: ContentBlock[] = [];
    if (reasoning !== "") content.push({ type: "reasoning", reasoning, index: 0 });
    if (text !== "") content.push({ type: "text", text, index: 1 });
    return this.#closingChunk(text, { content }, record);
  }

  #closingChunk(text: string, fields: ChunkFields, record: RoutingRecord): ChatGenerationChunk {
    return this.#chunk(text, {
      ...fields,
      usage_metadata: usageOf(record),
      response_metadata: responseMetadata(record),
    });
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

interface ChunkFields {
  readonly content: string | ContentBlock[];
  readonly additional_kwargs?: Record<string, unknown>;
  readonly usage_metadata?: UsageMetadata;
  readonly response_metadata?: Record<string, unknown>;
}
