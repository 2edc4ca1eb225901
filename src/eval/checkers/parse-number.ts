import { stripLayout } from "./strip-layout.js";
import { isUnit } from "./units.js";

/** A number as it stands in a text. */
export interface ReadNumber {
  readonly value: number;
  /** It is so many percent. */
  readonly percent: boolean;
}

/** A number, maybe a fraction (3/4), maybe behind a whole one (1 3/4); none inside a word or an exponent (m2, cm^2). */
const FORM =
  /(?<![\p{L}_^\d.])(?<!\^\{)((?<![\w)])[-+])?(?:(\d{1,15}) )?((?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,99})(?:\.\d{1,99})?(?:e[-+]?\d{1,3}(?!\d))?|\.\d{1,99}) ?(?:\/ ?(\d{1,99}(?:\.\d{1,99})?))?/giu;

interface FoundNumber extends ReadNumber {
  readonly from: number;
  /** Behind the number and its percent sign. */
  readonly end: number;
}

/** The last number of a text; `null` without one. It may be 1,234.5, 50 %, 3/4, 1 3/4, \frac{3}{4} or 1e3. */
export function lastNumber(text: string): ReadNumber | null {
  return numbersOf(stripLayout(text)).at(-1) ?? null;
}

/** Likewise, the first one. */
export function firstNumber(text: string): ReadNumber | null {
  return numbersOf(stripLayout(text))[0] ?? null;
}

/** A text that is one number and nothing else but a unit; `null` for another one. */
export function onlyNumber(text: string): ReadNumber | null {
  const plain = stripLayout(text);
  const [number, another] = numbersOf(plain);
  if (number === undefined || another !== undefined) return null;
  const rest = plain.slice(number.end).trim();
  return plain.slice(0, number.from).trim() === "" && isUnit(rest) ? number : null;
}

/** Within a millionth: who rounds 1/3 to .333333 is right, who rounds it to .33 is not. */
const CLOSE = 1e-6;

/** 50 % is .5 as well as 50 where only one of the two says percent. */
export function isSameNumber(one: ReadNumber, other: ReadNumber): boolean {
  if (one.percent === other.percent) return isClose(one.value, other.value);
  const [percent, plain] = one.percent ? [one, other] : [other, one];
  return isClose(percent.value, plain.value) || isClose(percent.value / 100, plain.value);
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= CLOSE * Math.max(Math.abs(one), Math.abs(other));
}

function numbersOf(plain: string): readonly FoundNumber[] {
  return [...plain.matchAll(FORM)].flatMap((match) => {
    const [whole, sign, before, above = "", below] = match;
    const from = match.index;
    const end = from + whole.length;
    const percent = /^ ?(?:%|percent)/i.exec(plain.slice(end, end + 9))?.[0] ?? "";
    const place = { percent: percent !== "", from, end: end + percent.length };
    const part = toNumber(above) / (below === undefined ? 1 : toNumber(below));
    const ahead = before === undefined ? 0 : toNumber(before);
    const signed = (size: number) => (sign === "-" ? -size : size);
    // "3 4" without a stroke is two numbers.
    const values =
      before !== undefined && below === undefined ? [signed(ahead), part] : [signed(ahead + part)];
    return values.filter(Number.isFinite).map((value) => ({ value, ...place }));
  });
}

function toNumber(text: string): number {
  return Number(text.replaceAll(",", ""));
}
