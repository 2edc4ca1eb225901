import { entropyOf } from "../entropy.js";
import type { Ask, GlimpsePoint, SeenToken } from "./glimpse-point.js";
import { requirePoint } from "./point-arguments.js";
import { endPart, type PartState, partHoldsFrom, readPart, startPart } from "./point-part.js";

/** A token that may turn out to be the step's first word: its text as far as it is not yet known as markup. */
type Pending = {
  readonly text: string;
  readonly at: number;
  readonly candidates: readonly (readonly [token: string, probability: number])[];
  readonly logprob: number | null;
  readonly sinceLarge: number | null;
};

type State = {
  readonly inner: PartState;
  /** The step's first word has come. */
  readonly begun: boolean;
  /** Tokens that were looked past. */
  readonly passed: number;
  readonly pending: readonly Pending[];
};

/** Emphasis, headings, code, quotes, tables; bullets, rules, `1.` and `(1)` as soon as a blank follows them. */
const MARKUP = /^(?:[\s*_`#>|~]|[-+•]\s|-{2,}|\(?\d{1,3}[.)]\s)*/;

/** What may become markup with what follows: "1" of "1. ", "-" of "- ". */
const UNDECIDED = /^(?:[-+•(]|\(?\d{1,3}[.)]?)$/;

/** A row of a table may be long; past this many tokens it is taken for words. */
const MOST = 32;

/**
 * Looks past the markup that a step begins with (`**`, `- `, `1.`, `#`, backticks), so that `point` sees the first
 * word as the step's first token: a glimpse of markup measures formatting. What large takes over it takes over
 * from where `point` says, at a step's start with the markup. A step of nothing but markup is no occasion.
 *
 * Source: format-aware probing (`fa_skip`) in extensions of the paper's script.
 *
 * @throws RouteError `invalid_option`
 */
export function skipMarkup(point: GlimpsePoint): GlimpsePoint {
  const inner = requirePoint("skipMarkup", "point", point);
  const skipping: GlimpsePoint<State> = {
    name: `skipMarkup:${inner.name}`,
    unit: inner.unit,
    range: (k) => inner.range(k),
    cutsInside: inner.cutsInside,
    ...(inner.policies !== undefined && { policies: inner.policies }),
    start: (before) => ({
      inner: startPart(inner, before?.inner),
      begun: false,
      passed: 0,
      pending: [],
    }),
    wants: (state) => inner.wants(state.inner.state),
    wantsToo: (state, text) => inner.wantsToo?.(state.inner.state, text) ?? false,
    read(state, token) {
      const { state: next, tokens } = state.begun
        ? { state, tokens: [token] }
        : passMarkup(state, token);
      return readAll(inner, next, tokens);
    },
    end(state) {
      const { state: last, ask } = readAll(inner, state, state.pending.map(seenToken));
      return [...ask, ...endPart(inner, last.inner)];
    },
    holdsFrom: (state) => partHoldsFrom(inner, state.inner),
  };
  return skipping;
}

/** @returns the tokens that `point` is to see by now */
function passMarkup(
  state: State,
  token: SeenToken,
): { state: State; tokens: readonly SeenToken[] } {
  const all = [...state.pending.map(seenToken), token];
  const text = all.map((each) => each.text).join("");
  const words = text.replace(MARKUP, "");
  const passed = state.passed + 1;
  // A token without text is EOS, a tag, or a part of a character: no markup.
  const isMarkup = token.text !== "" && passed <= MOST;
  if (isMarkup && words === "") return { state: { ...state, passed, pending: [] }, tokens: [] };
  const rest = textFrom(all, text.length - words.length);
  if (!isMarkup || !UNDECIDED.test(words)) {
    return { state: { ...state, begun: true, passed, pending: [] }, tokens: rest };
  }
  return { state: { ...state, passed, pending: rest.map(pendingToken) }, tokens: [] };
}

/** `tokens` without the first `length` characters; at least the last token is left. */
function textFrom(tokens: readonly SeenToken[], length: number): readonly SeenToken[] {
  let before = 0;
  const left: SeenToken[] = [];
  for (const [index, token] of tokens.entries()) {
    const cut = Math.min(token.text.length, Math.max(0, length - before));
    before += token.text.length;
    const isLeft = cut < token.text.length || index === tokens.length - 1;
    if (isLeft) left.push({ ...token, text: token.text.slice(cut), at: token.at + cut });
  }
  return left;
}

function readAll(
  inner: GlimpsePoint,
  state: State,
  tokens: readonly SeenToken[],
): { state: State; ask: readonly Ask[] } {
  let part = state.inner;
  const asks: Ask[] = [];
  for (const token of tokens) {
    const read = readPart(inner, part, token);
    part = read.part;
    asks.push(...read.asks);
  }
  return { state: { ...state, inner: part }, ask: asks };
}

function pendingToken({ text, at, distribution, logprob, sinceLarge }: SeenToken): Pending {
  const candidates = distribution.map(({ token, probability }) => [token, probability] as const);
  return { text, at, candidates, logprob, sinceLarge };
}

function seenToken({ candidates, ...rest }: Pending): SeenToken {
  const distribution = candidates.map(([token, probability]) => ({ token, probability }));
  const probabilities = candidates.map(([, probability]) => probability);
  const isRead = distribution.length > 0;
  return {
    ...rest,
    distribution,
    probabilities,
    entropy: isRead ? entropyOf(probabilities) : Number.NaN,
  };
}
