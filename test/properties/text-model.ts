import type {
  Opening,
  Role,
  ScoredText,
  StepWriter,
  WriteOptions,
  Written,
} from "../../src/router/step-writer.js";
import { listed } from "../router/tokens.js";

/** How a text falls into tokens, and how a server streams them. */
export interface Serving {
  /** Characters of each token, taken in turn; 0: a character in as many tokens as it has bytes. */
  readonly sizes: readonly number[];
  /** Entropies of the tokens, taken in turn. */
  readonly entropies: readonly number[];
  /** Tokens of each chunk, taken in turn. */
  readonly chunks: readonly number[];
  readonly keepStop: boolean;
  /** The text falls into the same tokens from wherever it is gone on with, and their number is told. @defaultValue false */
  readonly placed?: boolean;
}

interface Token {
  readonly text: string;
  readonly entropy: number;
}

/**
 * One model, as small and as large: it knows a text by heart, and goes on with it from wherever a beginning
 * of it ends. Given anything else it fails: then the router has changed the text.
 */
export class TextModel {
  readonly openings: Readonly<Record<Role, Opening>>;
  readonly #text: string;
  readonly #serving: Serving;

  /** @param text - all that the model writes, its closing tag and its answer included */
  constructor(text: string, serving: Serving) {
    this.#text = text;
    this.#serving = serving;
    const opening = { kind: "text", data: null, opensThought: true } as const;
    const size = { promptTokens: 5, contextSize: null };
    this.openings = { small: { ...opening, ...size }, large: { ...opening, ...size } };
  }

  get writers(): Readonly<Record<Role, StepWriter>> {
    const writer: StepWriter = {
      kind: "text",
      open: async () => this.openings.small,
      write: (_from, thought, how) => this.#write(thought, how),
      scorePrompt: async (_from, thought, text) => this.#score(thought, text),
    };
    return { small: writer, large: writer };
  }

  /** Likely, unlikely, impossible, or not to be had, by the text alone: it is asked by two drivers. */
  #score(thought: string, text: string): ScoredText {
    if (!this.#text.startsWith(thought + text)) {
      throw new Error(`${JSON.stringify(thought + text)} is no beginning of the text`);
    }
    if (text.length % 7 === 0) throw new Error("no log-probabilities");
    const logprobs = [-0.1, -0.4, text.length % 5 === 0 ? Number.NEGATIVE_INFINITY : -0.6];
    const tokens = Array.from(text, (token, index) => ({
      token,
      logprob: text.length % 11 === 0 ? null : (logprobs[(index + text.length) % 3] ?? null),
      top: [],
    }));
    return { tokens };
  }

  async *#write(thought: string, how: WriteOptions): AsyncGenerator<Written> {
    if (!this.#text.startsWith(thought)) {
      throw new Error(`${JSON.stringify(thought)} is no beginning of the text`);
    }
    const { tokens, end } = stopped(this.#tokensFrom(thought), how, this.#serving.keepStop);
    const { chunks, placed = false } = this.#serving;
    const usageAt = (output_tokens: number) => ({ input_tokens: 5, output_tokens });
    for (let at = 0, chunk = 0; at < tokens.length; chunk++) {
      const part = tokens.slice(at, at + (chunks[chunk % chunks.length] ?? 1));
      at += part.length;
      yield {
        type: "text",
        text: part.map(({ text }) => text).join(""),
        tokens: how.topLogprobs === 0 ? [] : part.map((token) => listed(token.text, token.entropy)),
        ...(placed ? { usage: usageAt(at) } : {}),
      };
    }
    const usage = usageAt(tokens.length);
    const halves = end === "length" ? tokens.length - lastWithText(tokens) - 1 : 0;
    yield { type: "end", reason: end, usage, ...(halves > 0 ? { textless: halves } : {}) };
  }

  /** All tokens behind `thought`; where a character is several, its text comes with the last. */
  #tokensFrom(thought: string): Token[] {
    const { sizes, entropies, placed = false } = this.#serving;
    if (placed && thought !== "") return behind(this.#tokensFrom(""), thought.length);
    const characters = Array.from(this.#text.slice(thought.length));
    const tokens: Token[] = [];
    for (let at = 0, turn = 0; at < characters.length; turn++) {
      const size = sizes[turn % sizes.length] ?? 1;
      const text = characters.slice(at, at + (size || 1)).join("");
      at += size || 1;
      const entropy = entropies[(thought.length + tokens.length) % entropies.length] ?? 0;
      const bytes = size === 0 ? new TextEncoder().encode(text).length : 1;
      for (let byte = 1; byte < bytes; byte++) tokens.push({ text: "", entropy });
      tokens.push({ text, entropy });
    }
    return tokens;
  }
}

/** Of one that the place is inside of, the rest. */
function behind(tokens: readonly Token[], place: number): Token[] {
  let end = 0;
  return tokens.flatMap((token, index) => {
    const begin = end;
    end += token.text.length;
    // Bytes of a character come before its text.
    const next = tokens.slice(index).find(({ text }) => text !== "");
    if (begin + (next?.text.length ?? 0) <= place && next !== undefined) return [];
    return [{ ...token, text: token.text.slice(Math.max(0, place - begin)) }];
  });
}

function lastWithText(tokens: readonly Token[]): number {
  return tokens.map(({ text }) => text !== "").lastIndexOf(true);
}

/** What comes before a stop string, a limit, or the end. */
function stopped(
  tokens: readonly Token[],
  { stop = [], maxTokens }: WriteOptions,
  keepStop: boolean,
): { readonly tokens: readonly Token[]; readonly end: "stop" | "eos" | "length" } {
  let text = "";
  for (const [index, token] of tokens.entries()) {
    if (index === maxTokens) return { tokens: tokens.slice(0, index), end: "length" };
    const before = text.length;
    text += token.text;
    const found = stop.map((one) => ({ one, at: text.indexOf(one) })).find(({ at }) => at !== -1);
    if (found === undefined) continue;
    const shown = text.slice(0, found.at + (keepStop ? found.one.length : 0));
    const kept = tokens.slice(0, index);
    // What a server holds back because it may begin the stop string: cut off where it was sent before.
    const sent = shown.slice(0, before);
    return {
      tokens: [...cut(kept, sent.length), { ...token, text: shown.slice(before) }],
      end: "stop",
    };
  }
  const eos = { text: "", entropy: 0.1 };
  if (tokens.length >= maxTokens) return { tokens: tokens.slice(0, maxTokens), end: "length" };
  return { tokens: [...tokens, eos], end: "eos" };
}

function cut(tokens: readonly Token[], length: number): Token[] {
  let left = length;
  return tokens.map((token) => {
    const text = token.text.slice(0, left);
    left -= text.length;
    return { ...token, text };
  });
}
