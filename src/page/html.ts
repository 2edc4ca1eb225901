/**
 * The way into the page: whatever is not made by the template below, by a chart or by a file of page/ is
 * somebody's text, and stands there as text.
 */
import { withoutControls } from "../core/without-controls.js";

/** Markup. Only this file makes it. */
class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Html = Markup;

/** What a template may hold; `null` is nothing. */
export type HtmlValue = Html | string | number | null | readonly Html[];

/**
 * A template whose values are escaped, but for what is markup already.
 *
 * @example
 * ```ts
 * html`<td title="${arm.about}">${arm.name}</td>`;
 * ```
 */
export function html(words: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = words.map((word, index) => word + textOf(values[index] ?? null));
  return new Markup(parts.join(""));
}

/** @param text - of ours: a chart, a style sheet, a script of page/ */
export function trusted(text: string): Html {
  return new Markup(text);
}

/** Data for the page's script. No text in it can end the element, nor begin a comment. */
export function jsonForScript(value: object): Html {
  return new Markup(
    JSON.stringify(value).replace(
      /[<\u2028\u2029]/g,
      (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

function textOf(value: HtmlValue): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(({ text }: Html) => text).join("");
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return withoutControls(text).replace(/[&<>"']/g, (each) => ENTITIES[each] ?? "");
}
