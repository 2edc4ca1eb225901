const OPEN = "<tool_call>";
const CLOSE = "</tool_call>";

type Chunk = Record<string, unknown>;
interface Choice {
  readonly delta?: { readonly content?: string };
  readonly message?: { readonly content?: string };
  readonly finish_reason?: string | null;
}

/**
 * vLLM's Hermes tool parser: what stands between tags in the text becomes `delta.tool_calls`, id and name
 * first, then the arguments in slices; the text outside stays content.
 */
export class ToolCallDeltas {
  #held = "";
  #inside = "";
  #isInside = false;
  #calls = 0;
  #named = false;
  #argsSent = 0;

  /** The chunk as the parser lets it out. */
  reshape(chunk: Chunk): Chunk {
    const [choice] = chunk.choices as readonly Choice[];
    if (choice === undefined) return chunk;
    const field = choice.message === undefined ? "delta" : "message";
    const given = choice[field] ?? {};
    const finish = choice.finish_reason ?? null;
    const { content, calls } = this.#read(given.content ?? "", finish !== null);
    const reshaped = {
      ...given,
      content: content === "" ? null : content,
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    const reason = finish === "stop" && this.#calls > 0 ? "tool_calls" : finish;
    return { ...chunk, choices: [{ ...choice, [field]: reshaped, finish_reason: reason }] };
  }

  #read(text: string, isLast: boolean): { content: string; calls: object[] } {
    this.#held += text;
    const found = { content: "", calls: [] as object[] };
    for (let at = this.#tagAt(); at !== -1; at = this.#tagAt()) {
      this.#take(at, found);
      this.#held = this.#held.slice(this.#tag.length);
      if (this.#isInside) this.#endCall(found.calls);
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
  #take(length: number, found: { content: string; calls: object[] }): void {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (this.#isInside) {
      this.#inside += text;
      found.calls.push(...this.#call(false));
    } else if (this.#calls === 0 || text.trim() !== "") found.content += text;
  }

  #endCall(calls: object[]): void {
    calls.push(...this.#call(true));
    this.#inside = "";
    this.#named = false;
    this.#argsSent = 0;
  }

  *#call(isOver: boolean): Generator<object> {
    const begun = /^\s*\{"name":\s*"([^"]+)",\s*"arguments":\s*/.exec(this.#inside);
    if (begun === null) return;
    if (!this.#named) {
      this.#named = true;
      this.#calls++;
      const id = `chatcmpl-tool-${this.#calls}`;
      const definition = { name: begun[1], arguments: "" };
      yield { index: this.#calls - 1, id, type: "function", function: definition };
    }
    const args = this.#inside.slice(begun[0].length);
    // The last brace is the call's own.
    const certain = isOver ? args.trimEnd().slice(0, -1) : args.replace(/[}\s]*$/, "");
    const slice = certain.slice(this.#argsSent);
    if (slice === "") return;
    this.#argsSent = certain.length;
    yield { index: this.#calls - 1, function: { arguments: slice } };
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
