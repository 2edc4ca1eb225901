import { checkLogprobs, IMPOSSIBLE_LOGPROB, type TokenLogprob } from "./token-distribution.js";

/** A token as far as a glimpse needs it. */
export interface ListedToken {
  readonly token: string;
  /** Of the token itself, in nats. */
  readonly logprob?: number | null;
  readonly top: readonly TokenLogprob[];
  /** Those of `top` without their texts, where they can be had for less. */
  readonly topLogprobs?: readonly number[] | undefined;
}

/** Some text of a stream with the token that its first character came with. */
export interface TextPiece {
  readonly text: string;
  /** `null`: the server listed no token for this text. */
  readonly first: ListedToken | null;
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
 * thought is made of TEXT; a token only says where in it a distribution belongs. Candidates are not looked
 * at here: reading them may be dear, and where no glimpse is due it is nobody's business what they are.
 *
 * @param textless - what the chunk before left over, `null` for nothing
 */
export function alignTokens(
  textless: TextlessTokens | null,
  text: string,
  tokens: readonly ListedToken[],
): { readonly pieces: readonly TextPiece[]; readonly textless: TextlessTokens | null } {
  const pieces: TextPiece[] = [];
  let first: ListedToken | null = textless?.first ?? null;
  let count = textless?.count ?? 0;
  let position = 0;
  const takeUpTo = (end: number): void => {
    pieces.push({ text: text.slice(position, end), first, tokens: count });
    position = end;
    first = null;
    count = 0;
  };
  for (const listed of tokens) {
    const match = findToken(text, position, listed.token, count === 0);
    if (match !== null && match.start > position) takeUpTo(match.start);
    first ??= listed;
    count++;
    if (match !== null) takeUpTo(match.end);
  }
  if (position < text.length) takeUpTo(text.length);
  return { pieces, textless: first === null ? null : { first, count } };
}

/** A copy of a token in plain JSON, without the candidates that JSON cannot hold and no glimpse counts. */
export function listedToken({ token, logprob = null, top }: ListedToken): ListedToken {
  checkLogprobs(top);
  return {
    token,
    logprob,
    top: top
      .filter(({ logprob }) => logprob > IMPOSSIBLE_LOGPROB)
      .map(({ token, logprob }) => ({ token, logprob })),
  };
}

/**
 * Where `token` stands in `text`: at `position`, or further on. What lies between was written by the tokens
 * before it, or by none that is listed. Some tokenizers list a leading space that is not written.
 *
 * @param isFirst - no token before it waits for its text, so it should stand at `position`
 */
function findToken(
  text: string,
  position: number,
  token: string,
  isFirst: boolean,
): { readonly start: number; readonly end: number } | null {
  if (token === "") return null;
  if (text.startsWith(token, position)) return at(position, token);
  const bare = token.replace(/^ +/, "");
  const isBare = bare !== "" && text.startsWith(bare, position);
  if (isBare && isFirst) return at(position, bare);
  const start = text.indexOf(token, position);
  if (start !== -1) return at(start, token);
  return isBare ? at(position, bare) : null;
}

function at(start: number, spelling: string): { readonly start: number; readonly end: number } {
  return { start, end: start + spelling.length };
}
