/**
 * Where the steps of a thought begin and end. A boundary is the delimiter in the thought's TEXT, and counts
 * only after non-blank text of its step: so there are no empty steps, and leading blank lines are no boundary.
 */

const NON_BLANK = /\S/;

/** Index of the first non-blank character of `text`, -1 where there is none. */
export function firstNonBlank(text: string): number {
  return text.search(NON_BLANK);
}

/** The blanks that `text` begins with; all of it where there is nothing else. */
export function leadingBlanks(text: string): string {
  const begin = firstNonBlank(text);
  return begin === -1 ? text : text.slice(0, begin);
}

/**
 * `text` from its first word's line on: line breaks before it are gone, and the blanks before them. What is
 * left of the lead is text, the indentation of code or of a list.
 */
export function withoutLineBreaks(text: string): string {
  return text.slice(leadingBlanks(text).lastIndexOf("\n") + 1);
}

/**
 * The text behind a closing tag, from its first word's line on: the blanks on the tag's own line go, too.
 * `null` where no word has come.
 */
export function behindClosingTag(text: string): string | null {
  const lead = leadingBlanks(text);
  if (lead.length === text.length) return null;
  return lead.includes("\n") ? withoutLineBreaks(text) : text.slice(lead.length);
}

/** Index just behind the first boundary of `step`, the text since the boundary before; -1 where it is open. */
export function boundaryEnd(step: string, delimiter: string): number {
  const begin = firstNonBlank(step);
  if (begin === -1) return -1;
  const end = delimiterEnd("", step.slice(begin), delimiter);
  return end === -1 ? -1 : begin + end;
}

/**
 * The same for a step that grows, without a look at all of it: index in `rest` just behind the delimiter.
 *
 * @param tail - `tailOf` the step so far, `""` where `rest` begins with its first word
 */
export function delimiterEnd(tail: string, rest: string, delimiter: string): number {
  // Behind the first character: of a step's first word, since a delimiter that is not blank is no text of its
  // step either; else of a delimiter that ends in the tail, and was found before.
  const at = (tail + rest).indexOf(delimiter, 1);
  return at === -1 ? -1 : at + delimiter.length - tail.length;
}

/** The end of a step's words in which a delimiter may have begun. */
export function tailOf(words: string, delimiter: string): string {
  return words.slice(-delimiter.length);
}

/** The unfinished step at the end of `thought`: all text behind its last boundary. */
export function openStep(thought: string, delimiter: string): string {
  let step = thought;
  for (let end = boundaryEnd(step, delimiter); end !== -1; end = boundaryEnd(step, delimiter)) {
    step = step.slice(end);
  }
  return step;
}

/**
 * Is the next token's distribution a glimpse? It is for the first non-blank token of a step. An opening
 * tag that a model writes once more is swallowed, so what follows it is still the step's start.
 *
 * @param step - text since the last boundary
 * @param openTag - the tag that opens a thought, `null` where there are no tags
 */
export function isGlimpseDue(step: string, openTag: string | null): boolean {
  const begun = step.trimStart();
  if (begun === "") return true;
  if (openTag === null) return false;
  return begun.startsWith(openTag)
    ? begun.slice(openTag.length).trim() === ""
    : openTag.startsWith(begun);
}

/**
 * Length of the longest end of `text` that may be the beginning of `tag`: held back until more text
 * tells. 0 for none; a whole tag is not held, it is found.
 */
export function heldTagLength(text: string, tag: string): number {
  const begin = tag.charAt(0);
  let at = text.indexOf(begin, text.length - tag.length + 1);
  while (at !== -1 && !tag.startsWith(text.slice(at))) at = text.indexOf(begin, at + 1);
  return at === -1 ? 0 : text.length - at;
}
