const OPEN = "<think>";
const CLOSE = "</think>";

/** A piece of a reply, sorted. */
export interface SortedText {
  readonly reasoning: string;
  readonly normal: string;
}

/**
 * SGLang's parser for DeepSeek-R1, which takes every reply for a thought until its closing tag comes. Of the
 * prompt it looks at one thing only: a last message of the assistant's that `continue_final_message` goes on
 * with. A closing tag there ends the thought; one that came as ids, or by the template, does not.
 */
export class ReasoningParser {
  readonly #streams: boolean;
  #inReasoning: boolean;
  #stripped = false;
  #buffer = "";

  constructor(from: { readonly continued: string; readonly streamReasoning: boolean }) {
    this.#streams = from.streamReasoning;
    this.#inReasoning = !from.continued.includes(CLOSE);
  }

  read(text: string, isLast: boolean): SortedText {
    const sorted = this.#sort(text);
    if (!isLast) return sorted;
    const rest = this.#buffer;
    this.#buffer = "";
    return this.#inReasoning
      ? { ...sorted, reasoning: sorted.reasoning + rest }
      : { ...sorted, normal: sorted.normal + rest };
  }

  #sort(text: string): SortedText {
    this.#buffer += text;
    const isBeginning = (tag: string) => tag.startsWith(this.#buffer) && tag !== this.#buffer;
    if (isBeginning(OPEN) || isBeginning(CLOSE)) return { reasoning: "", normal: "" };
    if (!this.#stripped && this.#buffer.includes(OPEN)) {
      this.#buffer = this.#buffer.replace(OPEN, "");
      this.#stripped = true;
      this.#inReasoning = true;
    }
    if (!this.#inReasoning) return { reasoning: "", normal: this.#take(this.#buffer.length) };
    const at = this.#buffer.indexOf(CLOSE);
    if (at === -1) return { reasoning: this.#takeReasoning(), normal: "" };
    this.#inReasoning = false;
    const reasoning = this.#take(at);
    return { reasoning, normal: this.#take(this.#buffer.length).slice(CLOSE.length) };
  }

  /** All but what may be the beginning of a tag; nothing where a thought is to come whole. */
  #takeReasoning(): string {
    if (!this.#streams) return "";
    const tags = this.#stripped ? [CLOSE] : [CLOSE, OPEN];
    const held = Math.max(...tags.map((tag) => beginningAtEnd(this.#buffer, tag)));
    return this.#take(this.#buffer.length - held);
  }

  #take(length: number): string {
    const taken = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return taken;
  }
}

/** How much of the text's end is a beginning of the tag. */
function beginningAtEnd(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (tag.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
