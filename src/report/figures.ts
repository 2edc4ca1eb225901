import type { Estimate } from "../eval/summary/summary.js";

/** How the report writes numbers: the same figure looks the same in words, tables and charts. */
const MINUS = "\u2212";
const NONE = "\u2013";

/** "71.7 %": of a share, 0 to 1. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? NONE : `${fixed(100 * share, digits)} %`;
}

/** "+2.4": a difference of shares, in points of a hundred. */
export function points(difference: number, digits = 1): string {
  const text = fixed(100 * difference, digits);
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

/** "0.34": a ratio, such as a cost. */
export function ratio(value: number | null): string {
  return value === null ? NONE : fixed(value, 2);
}

/** "1,204", also of means; of small numbers as many digits as tell something. */
export function amount(value: number | null): string {
  if (value === null) return NONE;
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 2 : 0;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** "850 ms", "12.3 s", "4 min 10 s". */
export function duration(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "[64.1, 78.3]": an interval, each end written by `figure`. */
export function interval(
  { lo, hi }: Pick<Estimate, "lo" | "hi">,
  figure: (value: number) => string,
): string {
  return `[${figure(lo)}, ${figure(hi)}]`;
}

/** For an interval of percents whose unit is told beside it. */
export function bare(share: number): string {
  return fixed(100 * share, 1);
}

/** Of money: four digits that tell something, with no unit: the prices have none. */
export function money(value: number | null): string {
  return value === null ? NONE : value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** "1 reply", "3 replies". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${amount(count)} ${count === 1 ? one : many}`;
}

function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}
