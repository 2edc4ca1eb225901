import type { ScriptedToken } from "../script/scripted-model.js";

export interface GenerateOptions {
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly includeStop: boolean;
  readonly skipSpecial: boolean;
  /** Tokens of each chunk; a list is gone through again and again. */
  readonly tokensPerChunk: number | readonly number[];
}

/** What one chunk carries. Its text and its tokens need not spell the same. */
export interface GeneratedChunk {
  readonly text: string;
  readonly tokens: readonly ScriptedToken[];
  readonly finish: "stop" | "length" | null;
  readonly stopReason: string | null;
}

/**
 * vLLM's way of streaming tokens: `stop` is looked for in the output's text, which lags by the longest stop
 * string unless it is to be included; tokens are listed as they come.
 */
export function* generate(
  script: readonly ScriptedToken[],
  options: GenerateOptions,
): Generator<GeneratedChunk, void, void> {
  const output = new Output(options);
  let tokens: ScriptedToken[] = [];
  for (const [index, token] of script.entries()) {
    output.add(token);
    tokens.push(token);
    const last = token.eos === true || index === script.length - 1 || output.stopped !== null;
    const finish = last ? "stop" : index + 1 >= options.maxTokens ? "length" : null;
    if (finish === null && tokens.length < chunkSize(options.tokensPerChunk, index)) continue;
    yield { text: output.show(finish !== null), tokens, finish, stopReason: output.stopped };
    if (finish !== null) return;
    tokens = [];
  }
}

/** The text of a reply, and how much of it was shown. */
class Output {
  /** The stop string that was found. */
  stopped: string | null = null;
  readonly #options: GenerateOptions;
  readonly #lag: number;
  #text = "";
  #shown = 0;

  constructor(options: GenerateOptions) {
    this.#options = options;
    const longest = Math.max(1, ...options.stop.map((text) => text.length));
    this.#lag = options.includeStop ? 0 : longest - 1;
  }

  add(token: ScriptedToken): void {
    const { includeStop, skipSpecial, stop } = this.#options;
    if (token.special && skipSpecial) return;
    const before = this.#text.length;
    // The token that ends a reply is left out of the text, unless what ends it was wanted there.
    const isShown = token.eos === true && includeStop && !skipSpecial;
    this.#text += isShown ? (token.listed ?? "") : token.text;
    const hit = findStop(this.#text, before, stop);
    if (hit === null) return;
    this.stopped = hit.text;
    this.#text = this.#text.slice(0, hit.at + (includeStop ? hit.text.length : 0));
  }

  /** Text that was not shown yet. */
  show(all: boolean): string {
    const from = this.#shown;
    this.#shown = Math.max(from, all ? this.#text.length : this.#text.length - this.#lag);
    return this.#text.slice(from, this.#shown);
  }
}

function findStop(
  output: string,
  before: number,
  stop: readonly string[],
): { at: number; text: string } | null {
  for (const text of stop) {
    const at = output.indexOf(text, Math.max(0, before - text.length + 1));
    if (at !== -1) return { at, text };
  }
  return null;
}

function chunkSize(sizes: number | readonly number[], index: number): number {
  return typeof sizes === "number" ? sizes : (sizes[index % sizes.length] ?? 1);
}
