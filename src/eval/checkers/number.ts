import { boxedText } from "./boxed-text.js";
import type { Checker, CheckResult } from "./checker.js";
import { wantedText } from "./exact.js";
import { firstNumber, isSameNumber, lastNumber, type ReadNumber } from "./parse-number.js";

/** Behind the last of these stands the result, where there is one. */
const MARKS = /####|\banswer\b[^\d\n]{0,20}?(?:\bis\b|[:=])/gi;

/**
 * The answer's number is the one that was wanted, within a millionth: that in `\boxed{}`, else the first one behind
 * `####`, or behind "answer is" and the last "=" of that line, else the last of all. Thousands, percent, fractions and units from a list are understood.
 */
export const number: Checker = ({ text }, { answer }) => {
  const wanted = resultOf(wantedText(answer));
  if (wanted !== null) return compareNumbers(resultOf(text), wanted);
  throw new Error(
    `its answer is no number: ${wantedText(answer)}. Give another checker, or mend the data.`,
  );
};

export function compareNumbers(found: ReadNumber | null, wanted: ReadNumber): CheckResult {
  if (found === null) return { score: null, why: "there is no number in the answer" };
  const extracted = `${found.value}${found.percent ? " %" : ""}`;
  return { score: Number(isSameNumber(found, wanted)), extracted };
}

function resultOf(text: string): ReadNumber | null {
  const boxed = boxedText(text);
  if (boxed !== null) return lastNumber(boxed);
  const mark = [...text.matchAll(MARKS)].at(-1);
  if (mark === undefined) return lastNumber(text);
  const [line = ""] = text
    .slice(mark.index + mark[0].length)
    .trimStart()
    .split("\n");
  return firstNumber(line.slice(line.lastIndexOf("=") + 1)) ?? lastNumber(text);
}
