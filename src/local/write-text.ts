import { StopFilter } from "../core/stop-filter.js";
import { GlimpRouterError } from "../errors.js";
import type { GlimpseWatch } from "../router/glimpse-watch.js";
import type { CandidatesWanted, TokenUsage, Written } from "../router/step-writer.js";
import { unlessAborted } from "../router/unless-aborted.js";
import type { EngineLease, LocalEngine } from "./local-engine.js";
import type { Sampling } from "./sample-token.js";
import type { Reading } from "./token-reading.js";
import { TokenText } from "./token-text.js";
import { UnnamedToken } from "./unnamed-token.js";

/** How a text is continued. */
export interface TextOptions {
  /** The most tokens to generate. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  /** Candidates to report per token; 0: none. */
  readonly topLogprobs: number;
  /** Where to report them; `null`: at every token. */
  readonly watch: GlimpseWatch | null;
  /** Are those of the first token wanted wherever it stands? Of each further one `next(wanted)` says so. */
  readonly firstWanted?: boolean | undefined;
}

/** What a text cost; `cached_tokens` of the input were evaluated by an earlier call. */
export interface TextUsage extends TokenUsage {
  readonly cached_tokens: number;
}

/** What `writeText` yields: the port's items, with the usage in any case. */
export type TextWritten =
  | (Extract<Written, { type: "text" }> & { readonly usage: TextUsage })
  | (Extract<Written, { type: "end" }> & { readonly usage: TextUsage });

/**
 * Continues a text, token by token: one item per token, and each token is evaluated only when the next one
 * is asked for. A consumer that stops reading frees the sequence, which holds exactly what was read.
 *
 * @param text - the whole prompt text; what the cache holds of it is not evaluated again
 * @throws the signal's reason, within one token; GlimpRouterError `context` where `text` leaves no room
 */
export async function* writeText(
  engine: LocalEngine,
  text: string,
  options: TextOptions,
  signal?: AbortSignal,
): AsyncGenerator<TextWritten, void, CandidatesWanted> {
  signal?.throwIfAborted();
  const prompt = engine.encode(text);
  ensureRoom(prompt.length, engine.contextSize);
  const lease = await engine.lease(prompt, options, signal);
  const session = new TextSession(engine, lease, prompt, options);
  // LangChain drops an aborted stream without a word to its generator: nobody would free the sequence.
  const abandon = (): void => void session.close();
  signal?.addEventListener("abort", abandon, { once: true });
  try {
    yield* session.run(signal);
  } catch (error) {
    throw engine.explain(error);
  } finally {
    signal?.removeEventListener("abort", abandon);
    await session.close();
  }
}

function ensureRoom(promptTokens: number, contextSize: number): void {
  if (promptTokens < contextSize) return;
  throw new GlimpRouterError(
    `The prompt has ${promptTokens} tokens, and the local model's context has room for ${contextSize} with at least one generated token. Shorten the prompt, or load the model with a larger \`contextSize\`.`,
    { reason: "context" },
  );
}

/** One call's way through its tokens. */
class TextSession {
  readonly #engine: LocalEngine;
  readonly #lease: EngineLease;
  readonly #prompt: readonly number[];
  readonly #options: TextOptions;
  readonly #text: TokenText;
  readonly #stops: StopFilter;
  /** Set while the engine evaluates for this call: the sequence is not free before that ends. */
  #evaluating: Promise<Reading> | null = null;
  #generated = 0;
  /** Does the reader want the next token's candidates, whether a glimpse is due or not? */
  #wanted: CandidatesWanted;

  constructor(
    engine: LocalEngine,
    lease: EngineLease,
    prompt: readonly number[],
    options: TextOptions,
  ) {
    this.#engine = engine;
    this.#lease = lease;
    this.#prompt = prompt;
    this.#options = options;
    this.#wanted = options.firstWanted;
    this.#text = new TokenText(engine.decode, prompt);
    this.#stops = new StopFilter(options.stop);
  }

  async *run(signal?: AbortSignal): AsyncGenerator<TextWritten, void, CandidatesWanted> {
    let reading = await this.#readFirst(signal);
    for (;;) {
      signal?.throwIfAborted();
      this.#generated++;
      const nameOf = this.#text.names();
      if (this.#engine.endsGeneration(reading.token)) {
        if (reading.top.length > 0) yield this.#item("", reading, nameOf(reading.token), nameOf);
        return yield* this.#end("eos");
      }
      const text = this.#text.push(reading.token);
      if (this.#isMissed(text) && reading.top.length === 0) {
        reading = await this.#readAgain(reading.token);
      }
      const isLast = this.#isFull();
      const shown = this.#stops.push(text, isLast);
      this.#wanted = yield this.#item(shown.text, reading, text, nameOf);
      signal?.throwIfAborted();
      if (shown.matched !== null) return yield* this.#end("stop");
      if (isLast) return yield* this.#end("length");
      reading = await this.#readNext(reading.token);
    }
  }

  /**
   * Gives the sequence back: now, so that the next call finds it free with all it holds, or once the engine
   * is done with what it evaluates. A second call does nothing.
   */
  async close(): Promise<void> {
    const { reader, release } = this.#lease;
    const free = (): Promise<void> => reader.end().finally(release);
    if (this.#evaluating === null) await free();
    else this.#evaluating.then(free, free);
  }

  /** The prompt's evaluation may take long, so an abort does not wait for it. */
  async #readFirst(signal: AbortSignal | undefined): Promise<Reading> {
    this.#evaluating = this.#lease.reader.readPrompt(this.#prompt, this.#top(), signal);
    const reading = await unlessAborted(this.#evaluating, signal);
    this.#evaluating = null;
    return reading;
  }

  async #readNext(token: number): Promise<Reading> {
    this.#evaluating = this.#lease.reader.readNext(token, this.#top());
    const reading = await this.#evaluating;
    this.#evaluating = null;
    return reading;
  }

  async #readAgain(token: number): Promise<Reading> {
    this.#evaluating = this.#lease.reader.readAgain(token, this.#options.topLogprobs);
    const reading = await this.#evaluating;
    this.#evaluating = null;
    return reading;
  }

  /** How many candidates to read for the next token. */
  #top(): number {
    const { watch, topLogprobs } = this.#options;
    return watch === null || watch.due || this.#wanted === true ? topLogprobs : 0;
  }

  /** Only its text tells that a token's candidates count: a step begins inside it, or a reader wants to know. */
  #isMissed(text: string): boolean {
    const isGlimpse = this.#options.watch?.push(text) === true;
    return isGlimpse || (typeof this.#wanted === "function" && this.#wanted(text));
  }

  #isFull(): boolean {
    return (
      this.#generated >= this.#options.maxTokens ||
      this.#prompt.length + this.#generated >= this.#engine.contextSize
    );
  }

  *#end(reason: "stop" | "eos" | "length"): Generator<TextWritten, void, unknown> {
    // Half a character at a limit is no text: whoever goes on writes it whole.
    const textless = reason === "length" ? this.#text.pending : 0;
    const rest = reason === "eos" ? this.#stops.push(this.#text.flush()).text : "";
    const text = rest + this.#stops.flush();
    const usage = this.#usage();
    if (text !== "") yield { type: "text", text, tokens: [], usage };
    yield { type: "end", reason, ...(textless === 0 ? {} : { textless }), usage };
  }

  /** @param nameOf - the text of a candidate in this place */
  #item(
    text: string,
    { logprob, top }: Reading,
    token: string,
    nameOf: (token: number) => string,
  ): TextWritten {
    const read =
      top.length === 0
        ? { token, logprob, top: [] }
        : new UnnamedToken(token, logprob, top, nameOf);
    return { type: "text", text, tokens: [read], usage: this.#usage() };
  }

  /** So far: whoever leaves hears no end. */
  #usage(): TextUsage {
    const { cachedTokens: cached_tokens, speculation } = this.#lease.reader;
    return {
      input_tokens: this.#prompt.length,
      output_tokens: this.#generated,
      cached_tokens,
      ...(speculation === null ? {} : { speculation }),
    };
  }
}
