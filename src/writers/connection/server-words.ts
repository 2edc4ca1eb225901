import { heldTagLength } from "../../core/step-boundary.js";
import type { Secrets } from "./secrets.js";

/**
 * THE place that every text of a server or a model passes before it stands in a message: shortened first (a
 * server may send megabytes, and whatever reads them must not), then without secrets, without what addresses
 * hide, and without characters that steer a terminal or turn the reading direction.
 */

/** The most characters of a server's answer that a message quotes. */
const QUOTE_LENGTH = 300;

/** The most characters that are kept of a text as it was. */
const KEPT_LENGTH = 16_384;

/** C0, C1 and DEL but for tab and line breaks; marks that reorder text. */
const CONTROLS = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu;

/** In the middle of a sentence: one line, without a full stop of its own. */
export function quote(text: string, secrets: Secrets, length = QUOTE_LENGTH): string {
  const oneLine = showable(text, secrets, length).replace(/\s+/g, " ").trim();
  return oneLine.endsWith(".") && !oneLine.endsWith(MORE) ? oneLine.slice(0, -1) : oneLine;
}

/** Its line breaks stay. `length` characters at most, and a mark where there were more. */
export function showable(text: string, secrets: Secrets, length = KEPT_LENGTH): string {
  const longest = Math.max(0, ...secrets.map((secret) => secret.text.length));
  // A secret that begins inside of what is shown is seen to its end.
  const seen = text.slice(0, length + longest).replace(CONTROLS, "");
  const whole = text.length <= length + longest ? seen : withoutBegun(seen, secrets);
  const safe = withoutHidden(withoutSecrets(whole, secrets));
  if (safe.length <= length && text.length <= length + longest) return safe;
  return cut(safe, length) + MORE;
}

const MORE = " ...";

/** May all of it be shown as it is? */
export function isShowable(text: string, secrets: Secrets): boolean {
  if (text.length > KEPT_LENGTH || text.search(CONTROLS) !== -1) return false;
  return withoutSecrets(text, secrets) === text;
}

function withoutSecrets(text: string, secrets: Secrets): string {
  return secrets.reduce((rest, secret) => withoutOne(rest, secret), text);
}

/** Shorter ones are part of ordinary words. */
const LONG = 8;

function withoutOne(text: string, { text: secret, instead }: Secrets[number]): string {
  if (secret.length >= LONG) return text.replaceAll(secret, instead);
  const parts = text.split(secret);
  return parts.reduce((before, behind, index) => {
    const isWord = !isWordCharacter(parts[index - 1]?.at(-1)) && !isWordCharacter(behind[0]);
    return before + (isWord ? instead : secret) + behind;
  });
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}

/** The beginning of a secret at the end of a text that was cut. */
function withoutBegun(text: string, secrets: Secrets): string {
  const begun = Math.max(0, ...secrets.map((secret) => heldTagLength(text, secret.text)));
  return text.slice(0, text.length - begun);
}

/** What addresses have before `@` and behind `?`, whoever's they are. */
function withoutHidden(text: string): string {
  if (!text.includes("://")) return text;
  const words = text.split(/(\s)/);
  return words.map((word) => (word.includes("://") ? bareAddress(word) : word)).join("");
}

function bareAddress(word: string): string {
  const [scheme = "", ...others] = word.split("://");
  return [scheme, ...others.map(bareHostAndPath)].join("://");
}

function bareHostAndPath(text: string): string {
  const hostEnd = text.search(/[/?#)"']|$/);
  const path = text.slice(hostEnd);
  const host = text.slice(text.lastIndexOf("@", hostEnd) + 1, hostEnd);
  const query = path.indexOf("?");
  if (query === -1) return host + path;
  const behind = path.slice(query).search(/[)"']|$/);
  return host + path.slice(0, query) + path.slice(query + behind);
}

/** Never through the middle of a character. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? length - 1 : length);
}
