import { requireFields } from "../check-argument.js";
import { entropyCeiling } from "../entropy.js";
import { hasDigit } from "./digits.js";
import type { Ask, GlimpsePoint, SeenToken } from "./glimpse-point.js";
import { requireOneOf, requireText } from "./point-arguments.js";
import { escapeText } from "./point-name.js";
import { scanNumber } from "./scan-number.js";

export interface SpanOptions {
  /** The text that a number follows: `"="`, `"answer is"`. Upper and lower case are two. */
  readonly after: string;
  /** What follows it. */
  readonly of: "number";
}

/** A place behind `after`, as long as a number may stand there, or may go on. */
type Open = {
  /** Directly behind `after`, in the step's text. */
  readonly cut: number;
  /** The step's text from there on. */
  readonly text: string;
  /** Highest entropy of its signs; they count when a digit follows. */
  readonly sign: number | null;
  /** Highest entropy of its digits and sign; `null` before the first digit. */
  readonly highest: number | null;
};

type State = {
  /** Numbers of this step whose decisions are over. */
  readonly occasions: number;
  readonly open: Open | null;
  /** The end of the text, in which `after` may have begun. */
  readonly tail: string;
  /** Where the next token is expected; `null` before the first. Elsewhere: large has written in between. */
  readonly next: number | null;
};

const SIGN = /[+\-−±]/;

/**
 * The number behind a text: the highest entropy (nats) of the tokens that hold its digits or its sign. Blanks,
 * separators, decimals, currency, `\frac{..}{..}` and `\boxed{..}` belong to the number, but do not count: they
 * are wording. One occasion a number; it asks at each token that raises the value. Large goes on directly behind
 * `after` to the step's end, and what waits is the number alone.
 *
 * Source: our own measurements (docs/glimpse-points.md): it finds wrong CALCULATIONS, hardly any wrong plan.
 *
 * @example span({ after: "=", of: "number" })
 * @throws RouteError `invalid_option`
 */
export function span(options: SpanOptions): GlimpsePoint {
  requireFields("span", options, ["after", "of"]);
  const after = requireText("span", "after", options.after);
  const of = requireOneOf("span", "of", options.of, ["number"]);
  const point: GlimpsePoint<State> = {
    name: `span:${escapeText(after)}:${of}`,
    unit: "nats",
    range: (k) => [0, entropyCeiling(k)],
    cutsInside: true,
    start: () => ({ occasions: 0, open: null, tail: "", next: null }),
    wants: ({ open }) => open !== null,
    wantsToo: ({ open, tail }, text) =>
      open === null && hasDigit(text) && (tail + text).includes(after),
    read: (state, token) => readToken(state, token, after),
    end: ({ open, occasions }) => askOf(open, occasions, true),
    holdsFrom: ({ open }) => open?.cut ?? null,
  };
  return point;
}

/** On the way through a token's text. */
interface Walk extends Pick<State, "occasions" | "open" | "tail"> {
  /** What is left of it; `null`: nothing. */
  readonly rest: string | null;
  readonly ask: Ask | null;
}

function readToken(
  before: State,
  token: SeenToken,
  after: string,
): { state: State; ask?: readonly Ask[] } {
  const isNext = before.next === null || before.next === token.at;
  const { occasions } = before;
  const open = isNext ? before.open : null;
  const tail = isNext ? before.tail : "";
  const asks: Ask[] = [];
  let walk: Walk = { occasions, open, tail, rest: token.text, ask: null };
  while (walk.rest !== null) {
    walk = walk.open === null ? seek(walk, token, after) : readPlace(walk, walk.open, token);
    if (walk.ask !== null) asks.push(walk.ask);
  }
  const next = token.at + token.text.length;
  const state = { occasions: walk.occasions, open: walk.open, tail: walk.tail, next };
  // Not spread: most tokens are read here, and have nothing to ask.
  return asks.length === 0 ? { state } : { state, ask: asks };
}

/** To the end of the next `after`. */
function seek({ occasions, tail, rest }: Walk, token: SeenToken, after: string): Walk {
  const whole = tail + (rest ?? "");
  const found = whole.indexOf(after);
  if (found === -1) {
    const end = whole.slice(Math.max(0, whole.length - after.length + 1));
    return { occasions, open: null, tail: end, rest: null, ask: null };
  }
  const behind = whole.slice(found + after.length);
  const cut = token.at + token.text.length - behind.length;
  const open = { cut, text: "", sign: null, highest: null };
  return { occasions, open, tail: "", rest: behind, ask: null };
}

/** On behind `after`, until the number is over, or there is none: `after` may stand in what follows. */
function readPlace({ occasions, rest }: Walk, open: Open, token: SeenToken): Walk {
  const text = open.text + (rest ?? "");
  const number = scanNumber(text);
  const { cut, sign, highest } = open;
  const place = countToken({ cut, text, sign, highest }, number, token);
  if (number.open) {
    const isRaised = place.highest !== open.highest;
    const ask = isRaised ? askOf(place, occasions, false) : null;
    return { occasions, open: place, tail: "", rest: null, ask };
  }
  const ask = askOf(place, occasions, true);
  const next = ask === null ? occasions : occasions + 1;
  return { occasions: next, open: null, tail: "", rest: text.slice(number.to), ask };
}

/** What `token` adds to a place: only its own part of the text is looked at. */
function countToken(
  open: Open,
  { from, to }: { from: number; to: number },
  { at, entropy }: SeenToken,
): Open {
  if (Number.isNaN(entropy)) return open;
  const begin = Math.max(0, at - open.cut);
  const isSign = SIGN.test(open.text.slice(begin, Math.max(begin, from)));
  const sign = isSign ? Math.max(entropy, open.sign ?? 0) : open.sign;
  const isDigit = hasDigit(open.text.slice(Math.max(begin, from), Math.max(begin, to)));
  const highest = isDigit ? Math.max(entropy, open.highest ?? 0, sign ?? 0) : open.highest;
  return { cut: open.cut, text: open.text, sign, highest };
}

function askOf(open: Open | null, occasion: number, final: boolean): Ask | null {
  if (open === null || open.highest === null) return null;
  return { occasion, value: open.highest, cut: open.cut, final };
}
