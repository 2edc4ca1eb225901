import { boxedText } from "./boxed-text.js";
import type { Checker } from "./checker.js";
import { wantedText } from "./exact.js";
import { stripLayout } from "./strip-layout.js";

/** Where a choice may stand, the surest first; of each the last one counts. */
const PLACES: readonly RegExp[] = [
  /\b(?:[Aa]nswer|ANSWER)\b[^\n]{0,20}?(?:\b[Ii]s\b|:)[\s*_("[]{0,8}([A-Z])(?![\w'])/g,
  /\(([A-Z])\)/g,
  /^[ *_]{0,8}([A-Z])[*_]{0,4}(?:[).:]|$)/gm,
  /(?<![\w'])([A-Z])(?![\w'])/g,
];

/** The letter that the answer names, such as C in "The answer is (C)", is the one that was wanted. */
export const choice: Checker = ({ text }, { answer }) => {
  const wanted = letterOf(wantedText(answer));
  if (wanted === null) {
    throw new Error(
      `its answer names no letter, A to Z: ${wantedText(answer)}. Give another checker, or mend the data.`,
    );
  }
  const found = letterOf(text);
  if (found === null) return { score: null, why: "the answer names no letter" };
  return { score: Number(found === wanted), extracted: found };
};

function letterOf(text: string): string | null {
  const inside = boxedText(text);
  const shown = inside === null ? text.trim() : stripLayout(inside);
  if (/^[a-z]$/i.test(shown)) return shown.toUpperCase();
  for (const place of PLACES) {
    const found = [...shown.matchAll(place)].at(-1)?.[1];
    if (found !== undefined) return found;
  }
  return null;
}
