import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { GlimpRouterError } from "../errors.js";
import type { DraftSource } from "./drafter.js";
import type { Sampling } from "./sample-token.js";
import { type SequenceLease, SequencePool } from "./sequence-pool.js";
import { SequenceReader } from "./sequence-reader.js";
import type { Detokenize } from "./token-text.js";

/** What a call holds while it generates. */
export interface EngineLease {
  readonly reader: SequenceReader;
  release(): void;
}

/** What a call is going to do. */
export interface LeaseOptions {
  readonly sampling: Sampling;
  /** The most tokens that it generates; 0: it only reads. */
  readonly maxTokens: number;
}

/** One loaded GGUF model with the sequences that calls share: text to tokens, tokens to text, readers. */
export class LocalEngine {
  /** Tokens that prompt and reply may have together, in each sequence. */
  readonly contextSize: number;
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #sequences: readonly LlamaContextSequence[];
  readonly #pool: SequencePool<LlamaContextSequence>;
  #drafts: DraftSource | null = null;
  #disposed = false;

  /** @param contextSize - the engine rounds it up to a multiple of 256; this is what was asked for */
  constructor(model: LlamaModel, context: LlamaContext, contextSize: number) {
    this.#model = model;
    this.#context = context;
    this.contextSize = Math.min(contextSize, context.contextSize);
    this.#sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
    this.#pool = new SequencePool(this.#sequences);
  }

  /** The chat template in the file, `null` for none. */
  get chatTemplate(): string | null {
    return this.#model.fileInfo.metadata.tokenizer.chat_template ?? null;
  }

  get bosToken(): string | null {
    return this.#model.tokens.bosString;
  }

  get eosToken(): string | null {
    return this.#model.tokens.eosString;
  }

  /** The text of each token, by its number. */
  get vocabulary(): readonly string[] {
    return this.#model.fileInfo.metadata.tokenizer.ggml.tokens;
  }

  /** Recurrent layers cannot take back the last tokens: they go back to a checkpoint, and read anew from there. */
  get needsCheckpoints(): boolean {
    return this.#sequences.some((sequence) => sequence.needsCheckpoints);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** From now on something writes ahead; it is disposed of with the model. */
  draftFrom(drafts: DraftSource): void {
    this.#drafts = drafts;
  }

  /** Tokens that have been evaluated since loading, generated ones included: what was cached is not in it. */
  get evaluatedTokens(): number {
    return this.#sequences.reduce((sum, { tokenMeter }) => {
      return sum + tokenMeter.usedInputTokens + tokenMeter.usedOutputTokens;
    }, 0);
  }

  /**
   * Tokens of a whole prompt text, special tokens parsed. The BOS comes first where the model wants one, once:
   * most chat templates write it themselves.
   */
  encode(text: string): number[] {
    this.#ensureLoaded();
    const tokens: number[] = this.#model.tokenize(text, true);
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }

  /** Of a bare text: nothing is put before it, and nothing in it is special. */
  countTokens(text: string): number {
    this.#ensureLoaded();
    return this.#model.tokenize(text).length;
  }

  /** Special tokens are written out: a closing tag may be one. */
  readonly decode: Detokenize = (tokens, before) =>
    this.#model.detokenize(tokens as Token[], true, before as Token[]);

  /** Does this token end the generation (EOS, end of turn)? */
  endsGeneration(token: number): boolean {
    return this.#model.isEogToken(token as Token);
  }

  /**
   * Waits for a sequence, the one that holds most of `tokens` if there is a choice.
   *
   * @throws the signal's reason; GlimpRouterError `local_model` once the model is disposed of
   */
  async lease(
    tokens: readonly number[],
    { sampling, maxTokens }: LeaseOptions,
    signal?: AbortSignal,
  ): Promise<EngineLease> {
    this.#ensureLoaded();
    const { sequence, release } = await this.#pool.take(tokens, signal);
    const how = { sampling, maxTokens: Math.min(maxTokens, this.contextSize - tokens.length) };
    const drafter = this.#drafts?.drafter() ?? null;
    return {
      reader: new SequenceReader(sequence, how, this.vocabulary.length, drafter),
      release,
    };
  }

  /** A sequence that is free now, `null` where none is. */
  lend(tokens: readonly number[]): SequenceLease<LlamaContextSequence> | null {
    return this.#disposed ? null : this.#pool.takeFree(tokens);
  }

  /** Frees the model's memory. Calls that are under way or waiting fail at their next token. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pool.close(disposedError());
    await this.#drafts?.dispose();
    await this.#context.dispose();
    await this.#model.dispose();
  }

  /** What a failed evaluation means: the engine's own errors do not tell that the model is gone. */
  explain(cause: unknown): unknown {
    if (this.#disposed) return disposedError(cause);
    return cause;
  }

  #ensureLoaded(): void {
    if (this.#disposed) throw disposedError();
  }
}

function disposedError(cause?: unknown): GlimpRouterError {
  return new GlimpRouterError("The local model has been disposed of. Load it again.", {
    reason: "local_model",
    cause,
  });
}
