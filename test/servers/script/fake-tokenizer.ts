/** Splits text as a tokenizer does: special tokens whole, a word with its leading space, newlines together. */
export function splitTokens(text: string): string[] {
  return text.match(/<[|｜][^<>]*[|｜]>|<\/?(?:think|s)>|\n+| ?[^\s<]+|\s|</g) ?? [];
}

/** A tokenizer whose vocabulary grows with what it reads: ids come back as the very same text. */
export class FakeTokenizer {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  encode(text: string): number[] {
    return splitTokens(text).map((token) => {
      const known = this.#ids.get(token);
      if (known !== undefined) return known;
      this.#ids.set(token, this.#texts.length);
      return this.#texts.push(token) - 1;
    });
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.#texts[id] ?? "").join("");
  }
}
