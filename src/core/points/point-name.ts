import { RouteError } from "../route-error.js";

/** What has a meaning in a name: free text in one has it escaped, as in a URL. */
const MARKS = /[%:,()|@]/g;
const ESCAPED = /%([0-9A-F]{2})/g;

/** Free text as a part of a point's name. */
export function escapeText(text: string): string {
  return text.replace(MARKS, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function unescapeText(text: string): string {
  return text.replace(ESCAPED, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** `":cooldown=8:turn=4"`: the options that are not at their defaults. */
export function optionsText(options: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => `:${field}=${value}`)
    .join("");
}

/** The other way round, for the parts behind a point's name. */
export function optionsOf(name: string, parts: readonly string[]): Record<string, string | number> {
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf("=");
      if (at > 0) return [part.slice(0, at), numberOr(part.slice(at + 1))];
      throw new RouteError(
        "invalid_option",
        `Expected options as "name=value" in the point ${JSON.stringify(name)}, got ${JSON.stringify(part)}.`,
      );
    }),
  );
}

/** The number that `text` spells; the text itself where it is none, for the message of whoever checks it. */
export function numberOr(text: string): number | string {
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? text : value;
}

/** What stands between the brackets of `"anyOf(a,b)"`, split at its own commas. */
export function splitParts(inner: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === "(") depth++;
    if (inner[at] === ")") depth--;
    if (inner[at] === "," && depth === 0) {
      parts.push(inner.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, inner.slice(from)];
}
