import type { ChatModelStreamEvent, FinishReason } from "@langchain/core/language_models/event";
import type { RouteEvent } from "../../router/route-event.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import { MODEL_PROVIDER } from "./content-blocks.js";
import { finishReason, type ReplyFinish, responseMetadata, usageOf } from "./finish-reply.js";
import { HeldBlanks } from "./held-blanks.js";
import { decisionOf, type Reply, toolCallPart } from "./reply-events.js";
import { ToolCallBlocks } from "./tool-call-blocks.js";

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

type Block = { readonly type: "reasoning" | "text"; readonly index: number; written: string };

/** Writes one block behind the other. */
class BlockWriter {
  readonly #thinking: boolean;
  readonly #thought = new HeldBlanks();
  readonly #calls = new ToolCallBlocks();
  #open: Block | null = null;
  #next = 0;

  constructor(thinking: boolean) {
    this.#thinking = thinking;
  }

  get calledTools(): boolean {
    return this.#calls.any;
  }

  *eventsOf(event: RouteEvent): Generator<ChatModelStreamEvent, void, void> {
    const decision = decisionOf(event);
    const part = toolCallPart(event);
    if (part !== null) {
      yield* this.#closeBlock();
      yield* this.#calls.add(part, () => this.#next++);
    } else if (decision !== null) {
      yield { event: "provider", provider: MODEL_PROVIDER, name: "step", payload: decision };
    } else if (event.type === "answer-delta") {
      yield* this.#write("text", event.text);
    } else if (event.type === "text-delta") {
      if (this.#thinking) yield* this.#write("reasoning", this.#thought.add(event.text));
      else yield* this.#write("text", event.text);
    }
  }

  *close(): Generator<ChatModelStreamEvent, void, void> {
    yield* this.#closeBlock();
    yield* this.#calls.close();
  }

  *#closeBlock(): Generator<ChatModelStreamEvent, void, void> {
    const block = this.#open;
    if (block === null) return;
    this.#open = null;
    const { type, index, written } = block;
    yield { event: "content-block-finish", index, content: { type, [type]: written } };
  }

  *#write(type: Block["type"], text: string): Generator<ChatModelStreamEvent, void, void> {
    if (text === "") return;
    if (this.#open?.type !== type) yield* this.#closeBlock();
    if (this.#open === null) {
      const index = this.#next++;
      this.#open = { type, index, written: "" };
      yield { event: "content-block-start", index, content: { type, [type]: "" } };
    }
    this.#open.written += text;
    const delta =
      type === "text"
        ? ({ type: "text-delta", text } as const)
        : ({ type: "reasoning-delta", reasoning: text } as const);
    yield { event: "content-block-delta", index: this.#open.index, delta };
  }
}
