import {
  IMPOSSIBLE_LOGPROB,
  type TokenLogprob,
  type TokenLogprobs,
} from "../../core/token-distribution.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { GlimpseWatch } from "../../router/glimpse-watch.js";
import type {
  Opening,
  StepWriter,
  TokenUsage,
  WriteOptions,
  Written,
} from "../../router/step-writer.js";
import type { TextOpening } from "../completion/text-completion.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { readOneToken } from "./read-one-token.js";
import { logprobTemperature } from "./sglang-temperature.js";

/**
 * Undoes the temperature in SGLang's log-probabilities. It scales all logits alike, so among the candidates,
 * renormalised, the same factor undoes it: the entropy of a glimpse is then exactly that of the model.
 *
 * What a temperature below 1 has pushed under the smallest number of 32 bits is gone, and comes as -3.4e38.
 * A glimpse that lacks candidates is read once more, greedily: one more request for one token.
 */
export function withRawLogprobs(
  writer: StepWriter<ThoughtPrompt>,
  access: OpenAIAccess,
): StepWriter<ThoughtPrompt> {
  return {
    ...writer,
    async *write(from, thought, how, signal) {
      const temperature = await logprobTemperature(access, from, thought, how, signal);
      const written = writer.write(from, thought, how, signal);
      if (temperature === 1) return yield* written;
      const undo = new UndoneStream({ access, from, thought, how, temperature }, signal);
      for await (const each of written) undo.hear(yield await undo.read(each));
    },
  };
}

interface DrawnStream {
  readonly access: OpenAIAccess;
  readonly from: Opening;
  readonly thought: string;
  readonly how: WriteOptions;
  /** `null`: nobody can tell. */
  readonly temperature: number | null;
}

/** One stream, whose log-probabilities went through a temperature. */
class UndoneStream {
  readonly #stream: DrawnStream;
  readonly #signal: AbortSignal | undefined;
  readonly #watch: GlimpseWatch | null;
  /** May the tokens that come next be glimpses wherever they stand? The reader says so of the first one. */
  #isWanted: boolean;
  #text: string;
  /** What reading glimpses anew has cost. */
  #extra: TokenUsage = { input_tokens: 0, output_tokens: 0 };

  constructor(stream: DrawnStream, signal: AbortSignal | undefined) {
    const { thought, how } = stream;
    this.#stream = stream;
    this.#signal = signal;
    this.#watch = how.glimpseAt === undefined ? null : new GlimpseWatch(thought, how.glimpseAt);
    this.#isWanted = how.glimpseAt?.firstWanted ?? false;
    this.#text = thought;
  }

  /** @param isWanted - what the reader says as it asks for more; `undefined`: it does not look inside steps */
  hear(isWanted: unknown): void {
    this.#isWanted = isWanted === true;
  }

  async read(written: Written): Promise<Written> {
    if (written.type === "end") return this.#withCost(written);
    const tokens: TokenLogprobs[] = [];
    let before = this.#text;
    // Of those behind a chunk's first one nobody has said anything yet.
    const isPointed = this.#stream.how.glimpseAt?.firstWanted !== undefined;
    for (const [index, token] of written.tokens.entries()) {
      const isWanted = index === 0 ? this.#isWanted : isPointed;
      tokens.push(
        this.#isGlimpse(token) || isWanted ? await this.#glimpse(token, before) : this.#undo(token),
      );
      before += token.token;
    }
    this.#text += written.text;
    return this.#withCost({ ...written, tokens });
  }

  #isGlimpse({ token }: TokenLogprobs): boolean {
    const watch = this.#watch;
    // A request without steps is for its first token's sake.
    if (watch === null) return this.#text === this.#stream.thought;
    const isDue = watch.due && token.trim() !== "";
    return watch.push(token) || isDue;
  }

  async #glimpse(token: TokenLogprobs, before: string): Promise<TokenLogprobs> {
    const { access, from, how, temperature } = this.#stream;
    if (temperature !== null && isWhole(token, how.topLogprobs, temperature)) {
      return this.#undo(token);
    }
    const { model, sampling } = modelParams(access);
    const prompt = (from.data as TextOpening).text + before;
    const greedy = { model, ...sampling, temperature: 0, prompt, logprobs: how.topLogprobs };
    const read = await readOneToken(access, greedy, this.#signal);
    this.#extra = sum(this.#extra, read.usage);
    const { top } = read.token ?? this.#undo(token);
    return { token: token.token, logprob: token.logprob, top };
  }

  #undo(token: TokenLogprobs): TokenLogprobs {
    const { temperature } = this.#stream;
    return {
      token: token.token,
      logprob: token.logprob,
      // Read late, like the ones below it.
      get top() {
        return token.top.map((each) => ({
          token: each.token,
          logprob: each.logprob * (temperature ?? 1),
        }));
      },
    };
  }

  #withCost(written: Written): Written {
    const { usage } = written;
    return usage === undefined ? written : { ...written, usage: sum(usage, this.#extra) };
  }
}

/** The most probability that may be missing: as much as an entropy of two real engines differs by. */
const MASS_SLACK = 4e-3;

/** Sums of 32-bit probabilities are no more exact than that. */
const FLOAT_NOISE = 1e-5;

/** Are all candidates there that may matter once the temperature is undone? */
function isWhole(token: TokenLogprobs, k: number, temperature: number): boolean {
  const top = candidatesOf(token);
  if (new Set(top.map((each) => each.token)).size >= k) return true;
  const left = 1 - top.reduce((mass, { logprob }) => mass + Math.exp(logprob), 0);
  // A small share left at a low temperature is a large one at 1.
  const slack = MASS_SLACK ** (1 / temperature);
  return slack > FLOAT_NOISE && left <= slack;
}

/** Those with a probability; none where too few came for the map to be believed. */
function candidatesOf(token: TokenLogprobs): readonly TokenLogprob[] {
  try {
    return token.top.filter(({ logprob }) => logprob > IMPOSSIBLE_LOGPROB);
  } catch {
    return [];
  }
}

function sum(a: TokenUsage, b: TokenUsage): TokenUsage {
  const isTold = a.cached_tokens !== undefined || b.cached_tokens !== undefined;
  return {
    ...a,
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    ...(isTold ? { cached_tokens: (a.cached_tokens ?? 0) + (b.cached_tokens ?? 0) } : {}),
  };
}
