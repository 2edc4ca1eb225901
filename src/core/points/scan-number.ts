/** What may stand before a number: blanks, signs, currency, emphasis, LaTeX. */
const LEAD = /^(?:[\s\p{Sc}*+\-−±{]|\\[$ ,;!]|\\boxed\{|\\[dt]?frac\{)*/u;
const LEAD_WORDS = ["\\boxed{", "\\frac{", "\\dfrac{", "\\tfrac{", "\\$"];

/** Digits with separators, decimals, `3/4`, and the two halves of `\frac{3}{4}`. */
const NUMBER = /^[.,]?\p{Nd}+(?:(?:[.,'’_/\u00a0\u2009\u202f]|\{,\}|\\[,!]|\}\{[-−]?)\p{Nd}+)*/u;

/** Behind a number: more digits may follow, and then it is a part of it. */
const JOINT = /^(?:[.,'’_/\u00a0\u2009\u202f]|\{,?\}?|\\[,!]?|\}\{?[-−]?)?$/u;

/** Longer than any number that a decision should wait for. */
const LONGEST = 64;

export interface ScannedNumber {
  /** Where its first digit stands, or would; what is before it is blanks, signs and marks. */
  readonly from: number;
  /** Behind its last digit; equal to `from` where there is none. */
  readonly to: number;
  /** More of it may follow behind the text. */
  readonly open: boolean;
}

/** Looks for a number at the beginning of `text`, which may be cut anywhere. */
export function scanNumber(text: string): ScannedNumber {
  const from = LEAD.exec(text)?.[0].length ?? 0;
  const rest = text.slice(from);
  const length = NUMBER.exec(rest)?.[0].length ?? 0;
  const behind = rest.slice(length);
  const isOpen =
    length === 0
      ? rest === "" || rest === "." || LEAD_WORDS.some((word) => word.startsWith(rest))
      : JOINT.test(behind);
  return { from, to: from + length, open: isOpen && text.length <= LONGEST };
}
