import type { RouteEvent } from "../../router/route-event.js";
import type { Role } from "../../router/step-writer.js";
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

/**
 * Whose a piece of a reply is. Both are text, and named so, because merging LangChain's chunks replaces values under
 * these two keys, while it adds numbers up and joins other strings.
 */
interface ReplyPart {
  /** The step's number, or `"answer"`. */
  readonly id: string;
  /** Who wrote it. */
  readonly name: Role;
}

/** A reply as far as it is written. */
export class ReplyText {
  thought = "";
  answer = "";
  readonly toolCalls: WrittenToolCall[] = [];
  /** What was written last belongs to it; `null` before anything was. */
  part: ReplyPart | null = null;
  #step = 0;
  /** Who answers; else calls belong to the turn that was decided last. */
  #ending: ReplyPart | null = null;

  add(event: RouteEvent): void {
    switch (event.type) {
      case "text-delta":
        this.thought += event.text;
        this.#inStep(event.step, event.route);
        break;
      case "answer-delta":
        this.answer += event.text;
        this.part = this.#ending;
        break;
      case "route-decided":
        this.#ending = { id: String(event.step), name: event.route };
        break;
      case "answer-start":
        this.#ending = { id: "answer", name: event.by };
        break;
      case "thought-resumed":
        this.thought = event.thought;
        this.answer = event.answer;
        break;
      case "answer-part":
        this.#addPart(toolCallPart(event));
        break;
    }
  }

  /** Made anew for each step, not for each token. */
  #inStep(step: number, route: Role): void {
    if (step === this.#step && route === this.part?.name) return;
    this.#step = step;
    this.part = { id: String(step), name: route };
  }

  #addPart(part: ToolCallPart | null): void {
    if (part === null) return;
    this.part = this.#ending;
    const { index, id, name = "", args } = part;
    const known = this.toolCalls.find((call) => call.index === index);
    if (known === undefined) {
      this.toolCalls.push({ index, id, name, args });
      return;
    }
    known.id ??= id;
    known.name += name;
    known.args += args;
  }
}
