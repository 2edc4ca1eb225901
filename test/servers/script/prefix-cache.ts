/** Which prompts' tokens a server has computed; whole blocks of them are taken again. */
export class PrefixCache {
  readonly #block: number;
  readonly #known: (readonly number[])[] = [];

  /** @param block - tokens; 0: nothing is kept */
  constructor(block: number) {
    this.#block = block;
  }

  /** Tokens of a prompt that are there already. The last one is computed in any case. */
  cached(prompt: readonly number[]): number {
    if (this.#block === 0) return 0;
    const common = Math.max(0, ...this.#known.map((known) => commonLength(known, prompt)));
    return Math.floor(Math.min(common, prompt.length - 1) / this.#block) * this.#block;
  }

  /** A prompt and what was written behind it. */
  keep(tokens: readonly number[]): void {
    this.#known.push(tokens);
  }
}

function commonLength(one: readonly number[], other: readonly number[]): number {
  const differs = other.findIndex((token, index) => token !== one[index]);
  return differs === -1 ? other.length : differs;
}
