import {
  checkLogprobs,
  IMPOSSIBLE_LOGPROB,
  type TokenLogprob,
  type TokenLogprobs,
} from "./token-distribution.js";

/** A token as far as a glimpse needs it; plain JSON (impossible candidates are left out). */
export interface ListedToken {
  readonly token: string;
  readonly top: readonly TokenLogprob[];
}

/** Some text of a stream with the token that its first character came with. */
export interface TextPiece {
  readonly text: string;
  /** `null`: the server listed no token for this text. */
  readonly first: TokenLogprobs | null;
  /** Tokens that this text is made of. More than 1 (or 0): `first` says nothing about the text's middle. */
  readonly tokens: number;
}

/** Listed tokens whose text has not come: bytes of a character, or tokens that never have any (EOS). */
export interface TextlessTokens {
  readonly first: ListedToken;
  readonly count: number;
}

/**
 * Matches the tokens that a chunk lists to the text that it brings. They need not spell it: EOS and other
 * special tokens are listed without text, bytes of a character are listed empty until it is complete. The
 * thought is made of TEXT; a token only says where in it a distribution belongs.
 *
 * @param textless - what the chunk before left over, `null` for nothing
 */
export function alignTokens(
  textless: TextlessTokens | null,
  text: string,
  tokens: readonly TokenLogprobs[],
): { readonly pieces: readonly TextPiece[]; readonly textless: TextlessTokens | null } {
  const pieces: TextPiece[] = [];
  let first: TokenLogprobs | null = textless === null ? null : { logprob: null, ...textless.first };
  let count = textless?.count ?? 0;
  let position = 0;
  for (const listed of tokens) {
    first ??= listed;
    count++;
    const width = matchedWidth(text, position, listed.token);
    if (width === 0) continue;
    pieces.push({ text: text.slice(position, position + width), first, tokens: count });
    position += width;
    first = null;
    count = 0;
  }
  if (position < text.length) {
    pieces.push({ text: text.slice(position), first, tokens: count });
    first = null;
    count = 0;
  }
  return { pieces, textless: first === null ? null : { first: listedToken(first), count } };
}

/** A copy of a token without the candidates that JSON cannot hold and no glimpse counts. */
export function listedToken({ token, top }: TokenLogprobs): ListedToken {
  checkLogprobs(top);
  return { token, top: top.filter(({ logprob }) => logprob > IMPOSSIBLE_LOGPROB) };
}

/** Characters of `text` at `position` that `token` spells; some tokenizers list a leading space that is not written. */
function matchedWidth(text: string, position: number, token: string): number {
  if (token === "") return 0;
  if (text.startsWith(token, position)) return token.length;
  const bare = token.trimStart();
  return bare !== "" && text.startsWith(bare, position) ? bare.length : 0;
}
