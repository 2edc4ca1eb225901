import { isWholeMap } from "./read-top-map.js";

/**
 * Log-probabilities of candidates, out of their JSON as it came: to parse it makes twenty texts for each token,
 * and of a map a new kind of object, which costs more than all else that is done with a token. Each is `null` where
 * only the whole of it can tell.
 */

const LOGPROB = '"logprob":';

/** `""`: the text of a byte. */
const EMPTY_KEY = 2;

/** Its other text. */
const REPLACED = /\ufffd|\\ufffd/i;

/** Of a list, `[{"token":" so","logprob":-0.1}, ...]`. In a string the key's quotes are escaped. */
export function scanList(json: string): readonly number[] | null {
  const found: number[] = [];
  for (let at = json.indexOf(LOGPROB); at !== -1; at = json.indexOf(LOGPROB, at)) {
    at += LOGPROB.length;
    const logprob = numberAt(json, at);
    if (Number.isNaN(logprob)) return null;
    found.push(logprob);
  }
  return found.length === 0 ? null : found;
}

/**
 * Of the maps of a chunk that has one, `[{" so":-0.1, ...}]`.
 *
 * @param sampled - it must be there, with its own log-probability, and nothing may be missing that
 * `readTopMap` would repair
 * @param k - how many candidates were asked for
 */
export function scanMap(
  json: string,
  sampled: { readonly token: string; readonly logprob: number | null },
  k: number,
): readonly number[] | null {
  const own = JSON.stringify(sampled.token);
  const found: number[] = [];
  let isThere = sampled.logprob === null;
  let isByte = false;
  let at = json.indexOf("{") + 1;
  for (;;) {
    const key = json.indexOf('"', at);
    if (key === -1) break;
    const colon = endOfString(json, key) + 1;
    if (colon === 0 || json.charCodeAt(colon) !== COLON) return null;
    const logprob = numberAt(json, colon + 1);
    if (Number.isNaN(logprob)) return null;
    found.push(logprob);
    isByte ||= colon - key === EMPTY_KEY;
    isThere ||=
      logprob === sampled.logprob && own.length === colon - key && json.startsWith(own, key);
    at = colon + 1;
  }
  // Bytes share a text: what fell together is estimated, by the texts.
  if (found.length < k && (isByte || REPLACED.test(json))) return null;
  return isThere && isWholeMap(found, k) ? found : null;
}

/** The quote that ends the string which begins at `begin`, -1 where there is none. */
function endOfString(json: string, begin: number): number {
  let end = json.indexOf('"', begin + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** What ends a number of an object: a comma or a bracket. NaN for what is no number. */
function numberAt(json: string, begin: number): number {
  let end = begin;
  for (; end < json.length; end++) {
    const code = json.charCodeAt(end);
    if (code === COMMA || code === BRACE) break;
  }
  // `Number` would make 0 of nothing.
  return end === begin ? Number.NaN : Number(json.slice(begin, end));
}

const BACKSLASH = 92;
const COLON = 58;
const COMMA = 44;
const BRACE = 125;
