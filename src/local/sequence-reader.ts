import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  Token,
} from "node-llama-cpp";
import type { Speculation } from "../router/speculation.js";
import { DraftedRun } from "./drafted-run.js";
import type { Drafter } from "./drafter.js";
import { distribution, NEVER_SHIFT } from "./engine-options.js";
import { drawAt, type Sampling, sampleToken, seedAt } from "./sample-token.js";
import { type Reading, reportReading, sortCandidates } from "./token-reading.js";

type Evaluated = ControlledEvaluateIndexOutput["next"];
type Run = AsyncGenerator<{ token: Token }, void, undefined | Token | Token[]>;

/** Tokens of a prompt that are evaluated at once: an abort is noticed in between. */
const PROMPT_BATCH = 512;

/** Reads one token after another from a sequence of the engine, evaluating only what it does not hold yet. */
export class SequenceReader {
  readonly #sequence: LlamaContextSequence;
  readonly #sampling: Sampling;
  readonly #vocabularySize: number;
  /** Open while tokens are read without their distributions. */
  #run: Run | null = null;
  /** In its place, where something writes ahead. */
  readonly #drafted: DraftedRun | null;
  #cachedTokens = 0;

  /** @param how.maxTokens - no draft goes beyond */
  constructor(
    sequence: LlamaContextSequence,
    how: { readonly sampling: Sampling; readonly maxTokens: number },
    vocabularySize: number,
    drafter: Drafter | null,
  ) {
    this.#sequence = sequence;
    this.#sampling = how.sampling;
    this.#vocabularySize = vocabularySize;
    this.#drafted =
      drafter && new DraftedRun(sequence, drafter, { ...how, breadth: this.#breadth(0) });
  }

  /** So far; `null` where nothing writes ahead. */
  get speculation(): Speculation | null {
    return this.#drafted?.speculation ?? null;
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
   * @param top - how many candidates to read, 0 for none
   * @param signal - stops between two batches
   */
  async readPrompt(
    tokens: readonly number[],
    top: number,
    signal: AbortSignal | undefined,
  ): Promise<Reading> {
    await this.#adapt(tokens.slice(0, -1));
    while (tokens.length - this.#length > PROMPT_BATCH) await this.#evaluateBatch(tokens, signal);
    signal?.throwIfAborted();
    const reading = await this.#read(tokens.slice(this.#length), top);
    // Recurrent and sliding-window layers cannot go back by erasing, only to a checkpoint.
    if (this.#sequence.needsCheckpoints) await this.#sequence.takeCheckpoint();
    return reading;
  }

  /**
   * Log-probabilities of `tokens` from index `from` on, 1 or more, each behind all before it. What the sequence holds of
   * those before is kept; the others are evaluated at once.
   *
   * @param top - how many candidates to read at each
   * @param signal - stops between two batches
   */
  async readGiven(
    tokens: readonly number[],
    from: number,
    top: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly Reading[]> {
    const readings: Reading[] = [];
    const before = tokens.slice(0, from - 1);
    await this.#adapt(before);
    while (before.length > this.#length) await this.#evaluateBatch(before, signal);
    for (let at = from; at < tokens.length; at += PROMPT_BATCH) {
      signal?.throwIfAborted();
      const given = tokens.slice(at, at + PROMPT_BATCH);
      const input = given.map((token, index): ControlledEvaluateInputItem => {
        const last = tokens[at + index - 1] as Token;
        return [last, { generateNext: distribution(Math.max(1, top), [token]) }];
      });
      const results = await this.#sequence.controlledEvaluate(input, NEVER_SHIFT);
      for (const [index, token] of given.entries()) {
        const { logits, totalLogitWeight } = results[index]?.next ?? {};
        readings.push(reportReading(token, sortCandidates(logits), top, totalLogitWeight));
      }
    }
    return readings;
  }

  /** Evaluates the token that was read last, and chooses the next one. */
  readNext(token: number, top: number): Promise<Reading> {
    return this.#read([token], top);
  }

  /** Reads the distribution that `chosen` was chosen from: the token before it is evaluated once more. */
  async readAgain(chosen: number, top: number): Promise<Reading> {
    await this.end();
    const [last] = this.#sequence.contextTokens.slice(-1);
    if (last === undefined) throw new RangeError("Expected a sequence that has been read from");
    await this.#sequence.eraseContextTokenRanges([{ start: this.#length - 1, end: this.#length }]);
    const next = await this.#evaluate([last], top, [chosen]);
    return reportReading(chosen, sortCandidates(next.logits), top, next.totalLogitWeight);
  }

  /** Frees what the engine holds for this reader; the sequence keeps its tokens. */
  async end(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.return();
    await this.#drafted?.end();
  }

  /** What is held of `tokens` is kept, and what goes beyond it erased. */
  async #adapt(tokens: readonly number[]): Promise<void> {
    await this.#sequence.adaptStateToTokens(tokens as Token[], false);
    this.#cachedTokens = this.#length;
  }

  async #evaluateBatch(tokens: readonly number[], signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const batch = tokens.slice(this.#length, this.#length + PROMPT_BATCH);
    await this.#sequence.evaluateWithoutGeneratingNewTokens(batch as Token[], NEVER_SHIFT);
  }

  get #length(): number {
    return this.#sequence.nextTokenIndex;
  }

  #read(tokens: readonly number[], top: number): Promise<Reading> {
    return top === 0 ? this.#readToken(tokens) : this.#readDistribution(tokens, top);
  }

  /**
   * The engine's own loop with its own sampler: no sort of the vocabulary, and no new list of candidates
   * for every token (2 MB at 150,000 tokens, freed only when the garbage collector comes by).
   */
  async #readToken(tokens: readonly number[]): Promise<Reading> {
    if (this.#drafted !== null) {
      return { token: await this.#drafted.read(tokens), logprob: null, top: [] };
    }
    this.#run ??= this.#startRun(tokens);
    const { value } = await this.#run.next();
    if (value === undefined) throw new Error("The engine gave no token");
    return { token: value.token, logprob: null, top: [] };
  }

  #startRun(tokens: readonly number[]): Run {
    const { temperature, topK, topP, seed } = this.#sampling;
    const position = this.#length + tokens.length;
    return this.#sequence.evaluateWithMetadata(
      tokens as Token[],
      {},
      {
        temperature,
        topK,
        topP,
        minP: 0,
        seed: seedAt(seed, position),
        yieldEogToken: true,
        ...NEVER_SHIFT,
      },
    );
  }

  async #readDistribution(tokens: readonly number[], top: number): Promise<Reading> {
    await this.end();
    this.#drafted?.skip();
    const next = await this.#evaluate(tokens, top, []);
    const candidates = sortCandidates(next.logits);
    const token =
      this.#sampling.temperature === 0
        ? next.token
        : sampleToken(candidates, this.#sampling, drawAt(this.#sampling.seed, this.#length));
    if (token === undefined || token === null) throw new Error("The engine gave no token");
    return reportReading(token, candidates, top, next.totalLogitWeight);
  }

  async #evaluate(
    tokens: readonly number[],
    top: number,
    besides: readonly number[],
  ): Promise<Evaluated> {
    const generateNext = { ...distribution(this.#breadth(top), besides), token: true } as const;
    const last = tokens.length - 1;
    const input = tokens.map(
      (token, index): ControlledEvaluateInputItem =>
        index === last ? [token as Token, { generateNext }] : (token as Token),
    );
    const result = (await this.#sequence.controlledEvaluate(input, NEVER_SHIFT))[last];
    if (result === undefined) throw new Error("The engine gave no token");
    return result.next;
  }

  /** Candidates to ask for: those that are reported and those that are sampled from. */
  #breadth(top: number): number {
    const { temperature, topK } = this.#sampling;
    if (temperature === 0) return top;
    return Math.max(top, topK === 0 ? this.#vocabularySize : topK);
  }
}
