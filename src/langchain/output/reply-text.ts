import type { RouteEvent } from "../../router/route-event.js";
import type { ToolCallPart } from "../../writers/chat-answer/tool-call-part.js";
import { toolCallPart } from "./reply-events.js";

/** A tool call as far as it is written. */
export interface WrittenToolCall {
  readonly index: number;
  id: string | undefined;
  name: string;
  /** JSON of the arguments. */
  args: string;
}

/** A reply as far as it is written. */
export class ReplyText {
  thought = "";
  answer = "";
  readonly toolCalls: WrittenToolCall[] = [];

  add(event: RouteEvent): void {
    if (event.type === "text-delta") this.thought += event.text;
    if (event.type === "answer-delta") this.answer += event.text;
    const part = toolCallPart(event);
    if (part !== null) this.#addPart(part);
  }

  #addPart({ index, id, name, args }: ToolCallPart): void {
    const known = this.toolCalls.find((call) => call.index === index);
    if (known === undefined) {
      this.toolCalls.push({ index, id, name: name ?? "", args });
      return;
    }
    known.id ??= id;
    known.name += name ?? "";
    known.args += args;
  }
}
