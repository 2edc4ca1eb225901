import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { Drafter } from "./drafter.js";
import { type GenerateNext, NEVER_SHIFT } from "./engine-options.js";
import type { LocalEngine } from "./local-engine.js";
import type { SequenceLease } from "./sequence-pool.js";

/** A guess that is less likely than this ends a draft: it would be evaluated for nothing too often. */
const LEAST_PROBABILITY = 0.75;

const GREEDY: GenerateNext = { token: true, totalLogitWeight: true, options: { temperature: 0 } };

/**
 * A smaller model of the same vocabulary that writes ahead, greedily, as long as it is sure. It borrows a sequence that
 * is free, the one that holds most of the text: where the smaller model has written the thought so far, that is its
 * own, and what it drafts here it need not read later.
 */
export class ModelDrafter implements Drafter {
  readonly #engine: LocalEngine;
  readonly #vocabularySize: number;
  #lent: SequenceLease<LlamaContextSequence> | null = null;

  /** @param vocabularySize - of the model that it drafts for: some pad the same vocabulary to another size */
  constructor(engine: LocalEngine, vocabularySize: number) {
    this.#engine = engine;
    this.#vocabularySize = vocabularySize;
  }

  async propose(tokens: readonly number[], most: number): Promise<readonly number[]> {
    // Never waits for one: whoever has it may be waiting for the model that is drafted for.
    this.#lent ??= this.#engine.lend(tokens);
    if (this.#lent === null) return [];
    try {
      return await this.#draft(this.#lent.sequence, tokens, most);
    } catch (error) {
      // It is somebody else's model: whoever disposes of it ends the drafts, not the text.
      if (this.#engine.disposed) return [];
      throw error;
    }
  }

  rest(): void {
    this.#lent?.release();
    this.#lent = null;
  }

  async #draft(
    sequence: LlamaContextSequence,
    tokens: readonly number[],
    most: number,
  ): Promise<readonly number[]> {
    const drafted: number[] = [];
    await sequence.adaptStateToTokens(tokens.slice(0, -1) as Token[], false);
    let unread = tokens.slice(sequence.nextTokenIndex) as Token[];
    while (drafted.length < most) {
      const last = unread.pop() as Token;
      const input = [...unread, [last, { generateNext: GREEDY }] as [Token, object]];
      const { next } = (await sequence.controlledEvaluate(input, NEVER_SHIFT)).at(-1) ?? {};
      const token = next?.token ?? null;
      if (token === null || token >= this.#vocabularySize) break;
      // The weight is the sum of exp(logit - highest logit): its inverse is the likeliest token's probability.
      if (1 / (next?.totalLogitWeight ?? Number.POSITIVE_INFINITY) < LEAST_PROBABILITY) break;
      // Behind an end nothing is to be written.
      if (this.#engine.endsGeneration(token)) break;
      drafted.push(token);
      unread = [token];
    }
    return drafted;
  }
}
