import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  Token,
} from "node-llama-cpp";
import { type Candidate, drawAt, type Sampling, sampleToken } from "./sample-token.js";

/** A candidate with its log-probability in nats, from the model's distribution before any sampling option. */
export interface TokenCandidate {
  readonly token: number;
  readonly logprob: number;
}

/** The next token of a sequence. */
export interface Reading {
  readonly token: number;
  /** `null` where the distribution was not read. */
  readonly logprob: number | null;
  /** Likeliest first; empty where the distribution was not read. */
  readonly top: readonly TokenCandidate[];
}

type GenerateNext = NonNullable<Exclude<ControlledEvaluateInputItem, Token>[1]["generateNext"]>;
type Evaluated = ControlledEvaluateIndexOutput["next"];

/** The engine's default is to drop old tokens when the context is full, without a word. */
const NEVER_SHIFT = {
  contextShift: {
    strategy: (): never => {
      throw new RangeError("The context is full: it is never shifted");
    },
  },
};

/** Tokens of a prompt that are evaluated at once: an abort is noticed in between. */
const PROMPT_BATCH = 512;

/** Reads one token after another from a sequence of the engine, evaluating only what it does not hold yet. */
export class SequenceReader {
  readonly #sequence: LlamaContextSequence;
  readonly #sampling: Sampling;
  readonly #vocabularySize: number;
  #cachedTokens = 0;

  constructor(sequence: LlamaContextSequence, sampling: Sampling, vocabularySize: number) {
    this.#sequence = sequence;
    this.#sampling = sampling;
    this.#vocabularySize = vocabularySize;
  }

  /** Tokens that the sequence holds. */
  get length(): number {
    return this.#sequence.nextTokenIndex;
  }

  /** Tokens of the prompt that the sequence held already. */
  get cachedTokens(): number {
    return this.#cachedTokens;
  }

  /**
   * Evaluates a whole text and chooses the token behind it. What the sequence holds of the text is kept, the
   * rest of it is erased, and only the new tokens are evaluated; at least the last one, because logits come
   * with an evaluation only.
   *
   * @param signal - stops between two batches
   */
  async readPrompt(
    tokens: readonly number[],
    top: number,
    signal: AbortSignal | undefined,
  ): Promise<Reading> {
    await this.#sequence.adaptStateToTokens(tokens.slice(0, -1) as Token[], false);
    this.#cachedTokens = this.length;
    while (tokens.length - this.length > PROMPT_BATCH) {
      signal?.throwIfAborted();
      const batch = tokens.slice(this.length, this.length + PROMPT_BATCH);
      await this.#sequence.evaluateWithoutGeneratingNewTokens(batch as Token[], NEVER_SHIFT);
    }
    signal?.throwIfAborted();
    const reading = await this.read(tokens.slice(this.length), top);
    // Recurrent and sliding-window layers cannot go back by erasing, only to a checkpoint.
    if (this.#sequence.needsCheckpoints) await this.#sequence.takeCheckpoint();
    return reading;
  }

  /**
   * Evaluates `tokens` and chooses the one behind them.
   *
   * @param top - how many candidates to read; 0 spares the sort of the whole vocabulary
   */
  async read(tokens: readonly number[], top: number): Promise<Reading> {
    const next = await this.#evaluate(tokens, this.#request(top));
    return this.#reading(next, top);
  }

  /** Reads the distribution that `chosen` was chosen from: its predecessor is evaluated a second time. */
  async readAgain(chosen: number, top: number): Promise<Reading> {
    const [last] = this.#sequence.contextTokens.slice(-1);
    if (last === undefined) throw new RangeError("Expected a sequence that has been read from");
    await this.#sequence.eraseContextTokenRanges([{ start: this.length - 1, end: this.length }]);
    const request = this.#request(top);
    const next = await this.#evaluate([last], {
      ...request,
      logits: { filter: { tokens: [chosen as Token], includeTop: this.#breadth(top) } },
    });
    return {
      token: chosen,
      ...reported(chosen, sortedCandidates(next), top, next.totalLogitWeight ?? 1),
    };
  }

  async #evaluate(tokens: readonly number[], request: GenerateNext): Promise<Evaluated> {
    const last = tokens.length - 1;
    const results = await this.#sequence.controlledEvaluate(
      tokens.map((token, index) =>
        index === last ? [token as Token, { generateNext: request }] : (token as Token),
      ),
      NEVER_SHIFT,
    );
    const result = results[last];
    if (result === undefined) throw new Error("The engine has been disposed of");
    return result.next;
  }

  /**
   * What to ask the engine for. Its values are taken after its own sampling: divided by the temperature, cut
   * by top-k and top-p. So only two ways of asking give the model's own numbers: greedy (sorted over the
   * whole vocabulary), and temperature 1 with nothing but a top-k (a partial sort, without the total mass).
   */
  #request(top: number): GenerateNext {
    if (top > 0) {
      return {
        token: true,
        totalLogitWeight: true,
        logits: { filter: { tokens: [], includeTop: this.#breadth(top) } },
        options: { temperature: 0 },
      };
    }
    if (this.#sampling.temperature === 0) return { token: true, options: { temperature: 0 } };
    const breadth = this.#breadth(0);
    return {
      logits: { filter: { tokens: [], includeTop: breadth } },
      options: { temperature: 1, topK: breadth, topP: 1, minP: 0 },
    };
  }

  /** Candidates to ask for: those that are reported and those that are sampled from. */
  #breadth(top: number): number {
    const { temperature, topK } = this.#sampling;
    if (temperature === 0) return top;
    return Math.max(top, topK === 0 ? this.#vocabularySize : topK);
  }

  #reading(next: Evaluated, top: number): Reading {
    const { temperature, seed } = this.#sampling;
    const candidates = sortedCandidates(next);
    const token =
      temperature === 0
        ? next.token
        : sampleToken(candidates, this.#sampling, drawAt(seed, this.length));
    if (token === undefined || token === null) throw new Error("The engine gave no token");
    if (top === 0) return { token, logprob: null, top: [] };
    return { token, ...reported(token, candidates, top, next.totalLogitWeight ?? 1) };
  }
}

/** Sorted here: the engine's order is not part of its promise, and equal logits go by token. */
function sortedCandidates({ logits }: Evaluated): Candidate[] {
  return Array.from(logits ?? [], ([token, logit]) => ({ token, logit })).sort(
    (a, b) => b.logit - a.logit || a.token - b.token,
  );
}

/** @param weight - the sum of `exp(logit - highest logit)` over the whole vocabulary */
function reported(
  token: number,
  candidates: readonly Candidate[],
  top: number,
  weight: number,
): Omit<Reading, "token"> {
  const logSum = (candidates[0]?.logit ?? 0) + Math.log(weight);
  const chosen = candidates.find((candidate) => candidate.token === token);
  return {
    logprob: chosen === undefined ? null : chosen.logit - logSum,
    top: candidates
      .slice(0, top)
      .map((candidate) => ({ token: candidate.token, logprob: candidate.logit - logSum })),
  };
}
