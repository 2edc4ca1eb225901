/** What decoders write for bytes that are no character, or none yet. */
const REPLACEMENT = "\uFFFD";

/** A character has at most four bytes, so three of them are at most its beginning. */
export const MOST_OF_HALF = 3;

/**
 * Cuts off what may be the beginning of a character at the end of a text. Servers that stream whole characters
 * only write it all the same where a token limit cuts a character in two.
 */
export function splitHalfCharacter(text: string): readonly [whole: string, half: string] {
  let end = text.length;
  while (end > 0 && text.length - end < MOST_OF_HALF && text[end - 1] === REPLACEMENT) end--;
  return [text.slice(0, end), text.slice(end)];
}
