/** Bytes of UTF-8 for a token: about right for English, code and Chinese in the vocabularies of today. */
const BYTES_PER_TOKEN = 4;

/** How many tokens a text has, about, where no tokenizer is at hand. */
export function estimateTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / BYTES_PER_TOKEN);
}
