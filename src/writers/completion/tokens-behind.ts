import { commonPrefixLength } from "../../core/common-prefix.js";

/** Two texts as the model reads them, one behind the other. */
export interface TokensBehind {
  /** Of both together. */
  readonly ids: readonly number[];
  /** Index of the second text's first token: a token that reaches over the seam is one of its. */
  readonly from: number;
}

/** Found by ids, since the texts of tokens do not always spell what they stand for. */
export async function tokensBehind(
  tokenize: (text: string) => Promise<readonly number[]>,
  before: string,
  text: string,
): Promise<TokensBehind> {
  const [alone, ids] = await Promise.all([tokenize(before), tokenize(before + text)]);
  return { ids, from: commonPrefixLength(alone, ids) };
}
