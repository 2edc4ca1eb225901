import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import type { ToolCallPart } from "../../writers/chat-answer/tool-call-part.js";

/** A tool call's block that is open. */
interface OpenCall {
  /** Place among the message's blocks. */
  readonly block: number;
  readonly id: string | undefined;
  readonly name: string;
  args: string;
}

/** Tool calls as blocks of a message. Several may be open at once: servers may interleave them. */
export class ToolCallBlocks {
  readonly #calls = new Map<number, OpenCall>();

  /** A tool was called. */
  get any(): boolean {
    return this.#calls.size > 0;
  }

  /** @param nextBlock - takes the next free place among the message's blocks */
  *add(
    { index, id, name = "", args }: ToolCallPart,
    nextBlock: () => number,
  ): Generator<ChatModelStreamEvent, void, void> {
    let call = this.#calls.get(index);
    if (call === undefined) {
      call = { block: nextBlock(), id, name, args: "" };
      this.#calls.set(index, call);
      const content = { type: "tool_call_chunk", ...withId(id), name, args: "" };
      yield { event: "content-block-start", index: call.block, content };
    }
    if (args === "") return;
    call.args += args;
    const delta = { type: "tool-call-delta", args } as const;
    yield { event: "content-block-delta", index: call.block, delta };
  }

  *close(): Generator<ChatModelStreamEvent, void, void> {
    for (const call of this.#calls.values()) {
      yield { event: "content-block-finish", index: call.block, content: finished(call) };
    }
  }
}

function finished({ id, name, args: text }: OpenCall) {
  try {
    const args: unknown = JSON.parse(text === "" ? "{}" : text);
    return { type: "tool_call", ...withId(id), name, args };
  } catch {
    return { type: "invalid_tool_call", ...withId(id), name, args: text, error: "Malformed args." };
  }
}

function withId(id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id };
}
