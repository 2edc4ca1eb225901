import { randomUUID } from "node:crypto";

const OPEN = "<tool_call>";
const CLOSE = "</tool_call>";

/** A piece of a call: its id (no other call has it) and name, once, then its arguments in slices. */
export type ToolCallPart =
  | { readonly index: number; readonly id: string; readonly name: string }
  | { readonly index: number; readonly slice: string };

/** What a piece of a reply is, once parsed. */
export interface ParsedCalls {
  /** Text outside of calls. */
  readonly content: string;
  readonly parts: readonly ToolCallPart[];
}

/**
 * Parses calls in Hermes' form as they are streamed: what stands between tags in the text is a call, the text
 * outside stays content. Each fake shows them in its own server's form.
 */
export class ToolCallParser {
  #held = "";
  #inside = "";
  #isInside = false;
  #calls = 0;
  #named = false;
  #argsSent = 0;

  /** There was a call. */
  get found(): boolean {
    return this.#calls > 0;
  }

  /** A call was begun and not ended. */
  get isInCall(): boolean {
    return this.#isInside;
  }

  read(text: string, isLast: boolean): ParsedCalls {
    this.#held += text;
    const found = { content: "", parts: [] as ToolCallPart[] };
    for (let at = this.#tagAt(); at !== -1; at = this.#tagAt()) {
      this.#take(at, found);
      this.#held = this.#held.slice(this.#tag.length);
      if (this.#isInside) this.#endCall(found.parts);
      this.#isInside = !this.#isInside;
    }
    this.#take(isLast ? this.#held.length : this.#held.length - heldLength(this.#held), found);
    return found;
  }

  get #tag(): string {
    return this.#isInside ? CLOSE : OPEN;
  }

  #tagAt(): number {
    return this.#held.indexOf(this.#tag);
  }

  /** Takes text up to the next tag. Blanks around calls are no content. */
  #take(length: number, found: { content: string; parts: ToolCallPart[] }): void {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (this.#isInside) {
      this.#inside += text;
      found.parts.push(...this.#call(false));
    } else if (this.#calls === 0 || text.trim() !== "") found.content += text;
  }

  #endCall(parts: ToolCallPart[]): void {
    parts.push(...this.#call(true));
    this.#inside = "";
    this.#named = false;
    this.#argsSent = 0;
  }

  *#call(isOver: boolean): Generator<ToolCallPart> {
    const begun = /^\s*\{"name":\s*"([^"]+)",\s*"arguments":\s*/.exec(this.#inside);
    if (begun === null) return;
    if (!this.#named) {
      this.#named = true;
      this.#calls++;
      yield { index: this.#calls - 1, id: randomUUID().slice(0, 8), name: begun[1] ?? "" };
    }
    const args = this.#inside.slice(begun[0].length);
    // The last brace is the call's own.
    const certain = isOver ? args.trimEnd().slice(0, -1) : args.replace(/[}\s]*$/, "");
    const slice = certain.slice(this.#argsSent);
    if (slice === "") return;
    this.#argsSent = certain.length;
    yield { index: this.#calls - 1, slice };
  }
}

/** How much of the text's end may be the beginning of a tag. */
function heldLength(text: string): number {
  for (let length = Math.min(text.length, CLOSE.length - 1); length > 0; length--) {
    const end = text.slice(-length);
    if (OPEN.startsWith(end) || CLOSE.startsWith(end)) return length;
  }
  return 0;
}
