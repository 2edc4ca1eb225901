import type { ScriptedToken } from "../script/scripted-model.js";

export interface LlamacppSampling {
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** Control tokens that show as text. */
  readonly preserved: readonly string[];
}

/** One token as it is streamed. */
export interface LlamacppChunk {
  readonly text: string;
  readonly token: ScriptedToken;
}

export interface LlamacppEnd {
  /** Tokens that were generated, those of a stop string and EOS among them. */
  readonly tokens: number;
  readonly stopType: "word" | "eos" | "limit";
  readonly stoppingWord: string;
}

/**
 * llama.cpp's way of streaming: a chunk for each token, empty ones too. What may be the beginning of a stop
 * string is held back, and comes with the next token under that token's name; the stop string itself is left
 * out. The first bytes of a character bring no chunk at all. The end is told last.
 */
export function* generate(
  script: readonly ScriptedToken[],
  { maxTokens, stop, preserved }: LlamacppSampling,
): Generator<LlamacppChunk | LlamacppEnd, void, void> {
  let held = "";
  for (const [index, token] of script.entries()) {
    const tokens = index + 1;
    const whole = held + shownText(token, preserved);
    const found = stop.find((text) => whole.includes(text));
    if (found !== undefined) {
      yield { text: whole.slice(0, whole.indexOf(found)), token };
      return yield { tokens, stopType: "word", stoppingWord: found };
    }
    if (token.eos === true) {
      yield { text: whole, token };
      return yield { tokens, stopType: "eos", stoppingWord: "" };
    }
    const holds = stop.some((text) => endsWithBeginningOf(whole, text));
    if (!isUnfinished(token)) yield { text: holds ? "" : whole, token };
    held = holds || isUnfinished(token) ? whole : "";
    // What is held back at a limit is lost.
    if (tokens >= maxTokens) return yield { tokens, stopType: "limit", stoppingWord: "" };
  }
  throw new Error("The script does not end in EOS.");
}

function shownText(token: ScriptedToken, preserved: readonly string[]): string {
  if (token.eos === true) return "";
  return token.special === true && !preserved.includes(token.text) ? "" : token.text;
}

/** A byte of a character that is not complete: listed, but without text. */
function isUnfinished({ text, listed, eos = false }: ScriptedToken): boolean {
  return text === "" && listed !== undefined && !eos;
}

function endsWithBeginningOf(text: string, stop: string): boolean {
  for (let length = stop.length - 1; length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return true;
  }
  return false;
}
