import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from "node-llama-cpp";
import type { Speculation } from "../router/speculation.js";
import type { Drafter } from "./drafter.js";
import { distribution, type GenerateNext, NEVER_SHIFT } from "./engine-options.js";
import { drawAt, type Sampling, sampleToken } from "./sample-token.js";
import { sortCandidates } from "./token-reading.js";

/** The most tokens of a draft. */
const DRAFT_TOKENS = 8;

const GREEDY: GenerateNext = { token: true, options: { temperature: 0 } };

/**
 * Reads tokens from a sequence that a drafter writes ahead of: the token that was read last and the draft behind it are
 * evaluated at once, and of the draft that much is kept as the model would have written itself. At a temperature each
 * position is drawn from the model's own distribution, as it is without a draft, and the draw depends on seed and position
 * alone: a draft changes neither the distribution nor what a seed gives.
 * Source: Leviathan et al. 2023, arXiv 2211.17192; the engine's own loop takes one token of a draft at most
 * (docs/decisions/012-speculation.md).
 */
export class DraftedRun {
  readonly #sequence: LlamaContextSequence;
  readonly #drafter: Drafter;
  readonly #sampling: Sampling;
  readonly #wanted: GenerateNext;
  /** Tokens that may still be read. */
  #left: number;
  /** Judged, and evaluated but for the last one; nobody has read them yet. */
  #ahead: number[] = [];
  #drafted = 0;
  #accepted = 0;

  /** @param how.breadth - candidates to sample from */
  constructor(
    sequence: LlamaContextSequence,
    drafter: Drafter,
    how: { readonly sampling: Sampling; readonly breadth: number; readonly maxTokens: number },
  ) {
    this.#sequence = sequence;
    this.#drafter = drafter;
    this.#sampling = how.sampling;
    this.#wanted = how.sampling.temperature === 0 ? GREEDY : distribution(how.breadth, []);
    this.#left = how.maxTokens;
  }

  get speculation(): Speculation {
    return { drafted: this.#drafted, accepted: this.#accepted };
  }

  /** Reads the token behind `tokens`, which are those that the sequence does not hold. */
  async read(tokens: readonly number[]): Promise<number> {
    if (this.#ahead.length === 0) this.#ahead = await this.#judge(tokens);
    const [token, ...ahead] = this.#ahead;
    if (token === undefined) throw new Error("The engine gave no token");
    this.#ahead = ahead;
    this.#left--;
    return token;
  }

  /** The sequence holds what was read, and no more; the drafter holds nothing. */
  async end(): Promise<void> {
    this.#drafter.rest();
    const ahead = this.#ahead.length;
    this.#ahead = [];
    try {
      await this.#erase(ahead);
    } catch (error) {
      // With the model its sequences are gone, and hold nothing.
      if (!this.#sequence.context.disposed) throw error;
    }
  }

  /** A token that was read elsewhere. */
  skip(): void {
    this.#left--;
  }

  async #judge(tokens: readonly number[]): Promise<number[]> {
    const draft = await this.#draft(tokens);
    const first = this.#sequence.nextTokenIndex + tokens.length;
    const results = await this.#evaluate(tokens, draft);
    const own: number[] = [];
    for (const [index, { next }] of results.entries()) {
      const token = this.#choose(next, first + index);
      own.push(token);
      if (token !== draft[index]) break;
    }
    const accepted = own.length - 1;
    await this.#erase(draft.length - accepted);
    this.#drafted += draft.length;
    this.#accepted += accepted;
    return own;
  }

  async #draft(tokens: readonly number[]): Promise<readonly number[]> {
    const most = Math.min(DRAFT_TOKENS, this.#left - 1);
    if (most < 1) return [];
    return this.#drafter.propose([...this.#sequence.contextTokens, ...tokens], most);
  }

  /** What comes behind the last of `tokens`, and behind each of the draft. */
  async #evaluate(tokens: readonly number[], draft: readonly number[]) {
    const before = tokens.slice(0, -1) as ControlledEvaluateInputItem[];
    const judged = [...tokens.slice(-1), ...draft].map(
      (token): ControlledEvaluateInputItem => [token as Token, { generateNext: this.#wanted }],
    );
    const results = await this.#sequence.controlledEvaluate([...before, ...judged], NEVER_SHIFT);
    return results.slice(before.length).filter((result) => result !== undefined);
  }

  #choose(
    next: { readonly token?: number | null; readonly logits?: ReadonlyMap<number, number> },
    position: number,
  ): number {
    const { token, logits } = next;
    if (this.#sampling.temperature === 0) {
      if (token === undefined || token === null) throw new Error("The engine gave no token");
      return token;
    }
    const draw = drawAt(this.#sampling.seed, position);
    return sampleToken(sortCandidates(logits), this.#sampling, draw);
  }

  async #erase(count: number): Promise<void> {
    if (count === 0) return;
    const end = this.#sequence.nextTokenIndex;
    await this.#sequence.eraseContextTokenRanges([{ start: end - count, end }]);
  }
}
