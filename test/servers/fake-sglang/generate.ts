import type { ScriptedToken } from "../script/scripted-model.js";

export interface SglangSampling {
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly noStopTrim: boolean;
  readonly skipSpecial: boolean;
  readonly tokensPerChunk: number;
}

export interface SglangChunk {
  readonly text: string;
  readonly tokens: readonly ScriptedToken[];
  readonly finish: "stop" | "length" | null;
  /** A stop string, or the id of EOS. */
  readonly matched: string | number | null;
}

/** Id of EOS, as `matched_stop` tells it. */
const EOS_ID = 2;

/**
 * SGLang's way of streaming: while the end of the text may begin a stop string, nothing goes out; its tokens
 * come with the chunk that releases them. A stop string is cut out of the whole text. Bytes of a character wait
 * for the rest of it, but at a limit they come as they are decoded.
 */
export function* generate(
  script: readonly ScriptedToken[],
  sampling: SglangSampling,
): Generator<SglangChunk, void, void> {
  let full = "";
  let sent = 0;
  let tokens: ScriptedToken[] = [];
  for (const [index, token] of script.entries()) {
    full += shownText(token, sampling);
    tokens.push(token);
    const matched = sampling.stop.find((text) => full.includes(text)) ?? null;
    const isLast = token.eos === true || index === script.length - 1;
    const finish = finishOf(matched !== null || isLast, index + 1 >= sampling.maxTokens);
    const isHeld = tokens.length < sampling.tokensPerChunk || mayBeginStop(full, sampling.stop);
    if (finish === null && isHeld) continue;
    const shown = trimmed(full, matched, sampling) + (finish === "length" ? halfOf(token) : "");
    yield { text: shown.slice(sent), tokens, finish, matched: matched ?? (isLast ? EOS_ID : null) };
    if (finish !== null) return;
    sent = shown.length;
    tokens = [];
  }
}

function mayBeginStop(text: string, stop: readonly string[]): boolean {
  return stop.some((each) =>
    Array.from(each, (_, at) => each.slice(0, at + 1)).some((beginning) =>
      text.endsWith(beginning),
    ),
  );
}

function finishOf(stops: boolean, isFull: boolean): SglangChunk["finish"] {
  if (stops) return "stop";
  return isFull ? "length" : null;
}

function halfOf({ text, listed, eos = false }: ScriptedToken): string {
  return text === "" && listed !== undefined && !eos ? "\uFFFD" : "";
}

function trimmed(full: string, matched: string | null, { noStopTrim }: SglangSampling): string {
  return matched === null || noStopTrim ? full : full.slice(0, full.indexOf(matched));
}

/** A stop token is trimmed like a stop string: with `no_stop_trim` it shows, if special tokens do. */
function shownText(token: ScriptedToken, { noStopTrim, skipSpecial }: SglangSampling): string {
  if (token.eos === true) return noStopTrim && !skipSpecial ? (token.listed ?? token.text) : "";
  return token.special === true && skipSpecial ? "" : token.text;
}
