import { RouteError } from "../route-error.js";
import { shownValue } from "../shown-value.js";
import type { GlimpsePoint } from "./glimpse-point.js";

/** The error of a point's argument: field, value, and what is wanted instead. */
export function wrongArgument(
  point: string,
  field: string,
  value: unknown,
  wanted: string,
): RouteError {
  return new RouteError(
    "invalid_option",
    `Expected \`${field}\` of ${point} to be ${wanted}, got ${shownValue(value)}.`,
  );
}

/** @throws RouteError `invalid_option` */
export function requireWhole(
  point: string,
  field: string,
  value: unknown,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
): number {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
  throw wrongArgument(point, field, value, `a whole number from ${least}${upTo}`);
}

/** @throws RouteError `invalid_option` */
export function requireOneOf<T extends string>(
  point: string,
  field: string,
  value: unknown,
  known: readonly T[],
): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw wrongArgument(point, field, value, known.map((each) => JSON.stringify(each)).join(" or "));
}

/** @throws RouteError `invalid_option` where it is no text, or an empty one */
export function requireText(point: string, field: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw wrongArgument(point, field, value, "a text that is not blank");
}

/** @throws RouteError `invalid_option` where `value` is no point */
export function requirePoint(point: string, field: string, value: unknown): GlimpsePoint {
  if (isPoint(value)) return value;
  throw wrongArgument(point, field, value, "a point, such as stepStart()");
}

export function isPoint(value: unknown): value is GlimpsePoint {
  if (typeof value !== "object" || value === null) return false;
  const { name, range, start, wants, read, end } = value as Partial<GlimpsePoint>;
  const methods: readonly unknown[] = [range, start, wants, read, end];
  return typeof name === "string" && methods.every((each) => typeof each === "function");
}
