import type { Drafter } from "./drafter.js";

/** Tokens of the text's end that must have stood in it before: of less, nearly everything reminds. */
const LEAST_PATTERN = 3;
/** The longer the better; more than this tells nothing new. */
const MOST_PATTERN = 8;

/**
 * Prompt lookup decoding: what followed when the text's last tokens stood in it before. It is worth something where a
 * text repeats itself, as an answer does its thought; it needs no second model.
 * Source: Saxena 2023, github.com/apoorvumang/prompt-lookup-decoding.
 */
export class LookupDrafter implements Drafter {
  async propose(tokens: readonly number[], most: number): Promise<readonly number[]> {
    return repeated(tokens, most);
  }

  rest(): void {}
}

/**
 * What followed the longest repetition of the text's end, and no more of it than was repeated: the shorter, the less it
 * says. Of several equally long ones, the latest.
 */
export function repeated(tokens: readonly number[], most: number): readonly number[] {
  let follows = 0;
  let longest = LEAST_PATTERN - 1;
  for (let end = tokens.length - 1; end > longest && longest < MOST_PATTERN; end--) {
    const length = matchLength(tokens, end);
    if (length <= longest) continue;
    longest = length;
    follows = end;
  }
  return follows === 0 ? [] : tokens.slice(follows, follows + Math.min(most, longest));
}

/** How many tokens before index `end` are the same as the last ones. */
function matchLength(tokens: readonly number[], end: number): number {
  let length = 0;
  while (
    length < MOST_PATTERN &&
    length < end &&
    tokens[end - 1 - length] === tokens[tokens.length - 1 - length]
  ) {
    length++;
  }
  return length;
}
