import { setTimeout as sleep } from "node:timers/promises";
import { FakeTokenizer } from "../../test/servers/script/fake-tokenizer.js";
import type { PrefillOptions, ServedModel } from "./bench-server-options.js";

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
  readonly #blocks: Readonly<Record<ServedModel, Map<string, number>>> = {
    small: new Map(),
    large: new Map(),
  };

  constructor(options: PrefillOptions) {
    this.#options = options;
  }

  /**
   * Takes as long as a prompt's new tokens do, and keeps all of them; where it is left, those that it had come to.
   *
   * @param most - tokens that may come from the cache, the last one never: what a request wants to see it computes
   * @param signal - the request's client has left
   */
  async read(
    model: ServedModel,
    ids: readonly number[],
    {
      most = ids.length - 1,
      signal,
    }: { readonly most?: number; readonly signal?: AbortSignal } = {},
  ): Promise<ReadPrompt> {
    const cached = this.#known(model, ids, most);
    const begin = performance.now();
    const wait = (ids.length - cached) * this.#msPerToken(model);
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    const isLeft = signal?.aborted === true;
    const read = Math.floor((performance.now() - begin) / this.#msPerToken(model));
    this.keep(model, isLeft ? ids.slice(0, cached + read) : ids);
    return { tokens: ids.length, cached };
  }

  /** What was written behind a prompt is cached like what was read. */
  keep(model: ServedModel, ids: readonly number[]): void {
    const { block } = this.#options;
    const blocks = this.#blocks[model];
    let before = -1;
    for (let end = block; end <= ids.length; end += block) {
      const key = keyOf(before, ids.slice(end - block, end));
      before = blocks.get(key) ?? blocks.size;
      blocks.set(key, before);
    }
  }

  /** Tokens of the whole blocks that it has of a prompt. */
  #known(model: ServedModel, ids: readonly number[], most: number): number {
    const { block } = this.#options;
    let [before, cached] = [-1, 0];
    for (let end = block; end <= Math.min(ids.length, most); end += block) {
      const known = this.#blocks[model].get(keyOf(before, ids.slice(end - block, end)));
      if (known === undefined) break;
      [before, cached] = [known, end];
    }
    return cached;
  }

  #msPerToken(model: ServedModel): number {
    const { msPerToken } = this.#options;
    return typeof msPerToken === "number" ? msPerToken : msPerToken[model];
  }
}

function keyOf(before: number, ids: readonly number[]): string {
  return `${before}:${ids.join()}`;
}
