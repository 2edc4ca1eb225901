import { setTimeout as sleep } from "node:timers/promises";
import { FakeTokenizer } from "../../test/servers/script/fake-tokenizer.js";
import type { PrefillOptions } from "./bench-server-options.js";

/** A prompt as a server takes it: what it has of it, and what it must read. */
export interface ReadPrompt {
  readonly tokens: number;
  readonly cached: number;
}

/**
 * The reading of prompts, with a prefix cache in blocks: prompts that begin alike have their whole blocks in common.
 */
export class Prefill {
  readonly tokenizer = new FakeTokenizer();
  readonly #options: PrefillOptions;
  /** Of each model the blocks that it has read, by the block before and its own tokens. */
  readonly #blocks = new Map<string, Map<string, number>>();

  constructor(options: PrefillOptions) {
    this.#options = options;
  }

  /**
   * Takes as long as a prompt's new tokens do, and keeps all of them.
   *
   * @param most - tokens that may come from the cache, the last one never: what a request wants to see it computes
   */
  async read(
    model: string,
    ids: readonly number[],
    most: number = ids.length - 1,
  ): Promise<ReadPrompt> {
    const cached = this.#keep(model, ids, most);
    const wait = (ids.length - cached) * this.#options.msPerToken;
    if (wait > 0) await sleep(wait);
    return { tokens: ids.length, cached };
  }

  /** What was written behind a prompt is cached like what was read. */
  keep(model: string, ids: readonly number[]): void {
    this.#keep(model, ids, 0);
  }

  #keep(model: string, ids: readonly number[], most: number): number {
    const { block } = this.#options;
    const blocks = this.#blocks.get(model) ?? new Map<string, number>();
    this.#blocks.set(model, blocks);
    let [before, cached] = [-1, 0];
    for (let end = block; end <= ids.length; end += block) {
      const key = `${before}:${ids.slice(end - block, end).join()}`;
      const known = blocks.get(key);
      if (known !== undefined && cached === end - block && end <= most) cached = end;
      before = known ?? blocks.size;
      if (known === undefined) blocks.set(key, before);
    }
    return cached;
  }
}
