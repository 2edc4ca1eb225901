import type { ChatModelStreamEvent, FinishReason } from "@langchain/core/language_models/event";
import type { ContentBlock } from "@langchain/core/messages";
import type { RouteEvent } from "../../router/route-event.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { ToolCallPart } from "../../writers/chat-answer/tool-call-part.js";
import { BLOCK_INDEX, callBlock, callChunk } from "./call-block.js";
import { MODEL_PROVIDER } from "./content-blocks.js";
import { finishReason, type ReplyFinish, responseMetadata, usageOf } from "./finish-reply.js";
import { HeldBlanks } from "./held-blanks.js";
import { decisionOf, type Reply, toolCallPart } from "./reply-events.js";
import { ReplyText } from "./reply-text.js";

/**
 * A reply as core's content-block protocol has it: the thought is a reasoning block, the answer a text block
 * behind it, each decision a `provider` event.
 *
 * @param thinking - false: the steps are the reply itself
 */
export async function* toStreamEvents(
  reply: Reply,
  thinking: boolean,
): AsyncGenerator<ChatModelStreamEvent, void, void> {
  const blocks = new BlockWriter(thinking);
  yield { event: "message-start" };
  try {
    for (let item = await reply.next(); ; item = await reply.next()) {
      if (item.done) {
        yield* blocks.close();
        yield* finish(item.value, blocks.calledTools);
        return;
      }
      yield* blocks.eventsOf(item.value);
    }
  } finally {
    await reply.return(undefined as never);
  }
}

const FINISH_REASONS: Readonly<Record<ReplyFinish, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_use",
  cancelled: "stop",
};

function* finish(
  record: RoutingRecord,
  calledTools: boolean,
): Generator<ChatModelStreamEvent, void, void> {
  const usage = usageOf(record);
  yield { event: "usage", usage };
  const { finish_reason: _reason, ...metadata } = responseMetadata(record, calledTools);
  yield {
    event: "message-finish",
    reason: FINISH_REASONS[finishReason(record, calledTools)],
    usage,
    responseMetadata: { model_provider: MODEL_PROVIDER, ...metadata },
  };
}

type BlockType = "reasoning" | "text";

/**
 * Writes blocks, each at the place that it has in v1 content. Text stays open behind a call: more of it may come,
 * and calls may be interleaved.
 */
class BlockWriter {
  readonly #thinking: boolean;
  readonly #thought = new HeldBlanks();
  readonly #text = new ReplyText();
  readonly #open = new Set<BlockType>();

  constructor(thinking: boolean) {
    this.#thinking = thinking;
  }

  get calledTools(): boolean {
    return this.#text.toolCalls.length > 0;
  }

  *eventsOf(event: RouteEvent): Generator<ChatModelStreamEvent, void, void> {
    const decision = decisionOf(event);
    const part = toolCallPart(event);
    const begunCalls = this.#text.toolCalls.length;
    this.#text.add(event);
    if (part !== null) {
      yield* this.#closeBlock("reasoning");
      yield* this.#writeCall(part, this.#text.toolCalls.length > begunCalls);
    } else if (decision !== null) {
      yield { event: "provider", provider: MODEL_PROVIDER, name: "step", payload: decision };
    } else if (event.type === "answer-delta") {
      yield* this.#closeBlock("reasoning");
      yield* this.#write("text", event.text);
    } else if (event.type === "text-delta") {
      if (this.#thinking) yield* this.#write("reasoning", this.#thought.add(event.text));
      else yield* this.#write("text", event.text);
    } else if (event.type === "thought-resumed") {
      yield* this.#begin(event);
    }
  }

  /** What an earlier call has handed out is told once more when its block is whole. */
  *#begin({
    thought,
    answer,
  }: Extract<RouteEvent, { type: "thought-resumed" }>): Generator<
    ChatModelStreamEvent,
    void,
    void
  > {
    this.#thought.add(thought);
    if (thought.trimEnd() !== "") yield* this.#openBlock(this.#thinking ? "reasoning" : "text");
    if (answer !== "") yield* this.#openBlock("text");
  }

  *close(): Generator<ChatModelStreamEvent, void, void> {
    yield* this.#closeBlock("reasoning");
    yield* this.#closeBlock("text");
    for (const call of this.#text.toolCalls) {
      const index = BLOCK_INDEX.firstCall + call.index;
      yield { event: "content-block-finish", index, content: callBlock(call) };
    }
  }

  *#closeBlock(type: BlockType): Generator<ChatModelStreamEvent, void, void> {
    if (!this.#open.delete(type)) return;
    const { thought, answer } = this.#text;
    const text = this.#thinking ? answer : thought;
    const written = type === "reasoning" ? thought.trimEnd() : text;
    const index = BLOCK_INDEX[type];
    yield { event: "content-block-finish", index, content: { type, [type]: written, index } };
  }

  *#write(type: BlockType, text: string): Generator<ChatModelStreamEvent, void, void> {
    if (text === "") return;
    const index = BLOCK_INDEX[type];
    // For each token: no generator more.
    if (!this.#open.has(type)) yield* this.#openBlock(type);
    const delta =
      type === "text"
        ? ({ type: "text-delta", text } as const)
        : ({ type: "reasoning-delta", reasoning: text } as const);
    yield { event: "content-block-delta", index, delta };
  }

  *#openBlock(type: BlockType): Generator<ChatModelStreamEvent, void, void> {
    this.#open.add(type);
    const index = BLOCK_INDEX[type];
    yield { event: "content-block-start", index, content: { type, [type]: "", index } };
  }

  *#writeCall(part: ToolCallPart, isFirst: boolean): Generator<ChatModelStreamEvent, void, void> {
    const index = BLOCK_INDEX.firstCall + part.index;
    if (isFirst) {
      const content: ContentBlock = {
        ...callChunk({ ...part, args: "" }),
        type: "tool_call_chunk",
        index,
      };
      yield { event: "content-block-start", index, content };
    }
    if (part.args === "") return;
    const delta = { type: "tool-call-delta", args: part.args } as const;
    yield { event: "content-block-delta", index, delta };
  }
}
