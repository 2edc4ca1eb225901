import type { Ask, GlimpsePoint } from "./glimpse-point.js";
import { requireText, wrongArgument } from "./point-arguments.js";
import { escapeText } from "./point-name.js";

type State = {
  /** The step so far, as long as it may still begin with one of the words; `null`: decided. */
  readonly text: string | null;
};

/** A letter or digit of a script that puts blanks between its words. */
const SPACED = /^[\p{L}\p{N}]$/u;
const UNSPACED = /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}]$/u;

/**
 * 1 where a step begins with one of `words` ("Wait", "Alternatively", "Let me check"), else 0; upper and lower
 * case are one, and "Waiting" does not begin with "Wait". It looks at text alone, no distribution is read. Large
 * writes the step from its start; what waits is the step's first word.
 *
 * Source: 2504.12329 (+6.2 points on MATH500), mined per model in 2602.06454. On our imitated thoughts "Wait"
 * was mostly ritual: measure it.
 *
 * @throws RouteError `invalid_option`
 */
export function openers(words: readonly string[]): GlimpsePoint {
  if (!Array.isArray(words) || words.length === 0) {
    throw wrongArgument("openers", "words", words, 'a list of words, such as ["Wait"]');
  }
  const known = words.map((each) => requireText("openers", "words", each).trim());
  const lower = known.map((each) => each.toLowerCase());
  const point: GlimpsePoint<State> = {
    name: `openers:${known.map(escapeText).join("|")}`,
    unit: "1",
    range: () => [0, 1],
    cutsInside: false,
    start: () => ({ text: "" }),
    wants: () => false,
    read(state, token) {
      if (state.text === null) return { state };
      const text = (state.text + token.text).trimStart();
      const begins = beginsWith(text.toLowerCase(), lower);
      return begins === null ? { state: { text } } : { state: { text: null }, ask: ask(begins) };
    },
    end: ({ text }) => (text === null ? null : ask(lower.includes(text.trimEnd().toLowerCase()))),
    holdsFrom: ({ text }) => (text === null ? null : 0),
  };
  return point;
}

/** `null`: what follows decides. */
function beginsWith(text: string, words: readonly string[]): boolean | null {
  if (words.some((word) => text.startsWith(word) && endsWord(word, text))) return true;
  return words.some((word) => word.startsWith(text)) ? null : false;
}

/** Is `word` over where `text` goes on? Not known where it does not. */
function endsWord(word: string, text: string): boolean {
  const last = Array.from(word).at(-1) ?? "";
  if (!SPACED.test(last) || UNSPACED.test(last)) return true;
  const next = text.codePointAt(word.length);
  return next !== undefined && !SPACED.test(String.fromCodePoint(next));
}

function ask(begins: boolean): Ask {
  return { occasion: 0, value: begins ? 1 : 0, cut: 0, final: true };
}
