import { boxedText } from "./boxed-text.js";
import type { Checker } from "./checker.js";
import { wantedText } from "./exact.js";
import { compareNumbers } from "./number.js";
import { onlyNumber } from "./parse-number.js";
import { stripLayout } from "./strip-layout.js";

/**
 * What stands in the answer's last `\boxed{}` is what was wanted: as a number where both are one, else as text, but for blanks
 * and LaTeX that only lays out. Without a box the answer cannot be read. It knows no algebra: `x + 1` is not `1 + x`.
 */
export const boxed: Checker = ({ text }, { answer }) => {
  const found = boxedText(text);
  if (found === null) return { score: null, why: "there is no \\boxed{} in the answer" };
  const all = wantedText(answer);
  const wanted = boxedText(all) ?? all;
  const [foundNumber, wantedNumber] = [onlyNumber(found), onlyNumber(wanted)];
  if (foundNumber !== null && wantedNumber !== null) {
    return compareNumbers(foundNumber, wantedNumber);
  }
  return { score: Number(withoutBlanks(found) === withoutBlanks(wanted)), extracted: found };
};

function withoutBlanks(text: string): string {
  return stripLayout(text).replaceAll(" ", "");
}
