import { nearestName } from "./nearest-name.js";
import { RouteError } from "./route-error.js";
import type { RoutePolicy } from "./route-policy.js";
import { shownValue } from "./shown-value.js";

/**
 * Arguments are checked where they are given: in mid-thought a mistake would read as a failed reply, or as
 * a policy that never says large.
 *
 * @throws RouteError `invalid_option` naming field, value and remedy
 */
export function requireNumber(
  field: string,
  value: unknown,
  { least, most }: { readonly least?: number; readonly most?: number },
  remedy: string,
): void {
  const isSound =
    Number.isFinite(value) &&
    (value as number) >= (least ?? -Infinity) &&
    (value as number) <= (most ?? Infinity);
  if (!isSound) throw wrongArgument(field, value, remedy);
}

/** @throws RouteError `invalid_option` where `value` is no whole number, or below `least` */
export function requireWhole(field: string, value: unknown, least: number, remedy: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw wrongArgument(field, value, remedy);
  }
}

/** @throws RouteError `invalid_option` where one of them is no function */
export function requirePolicies(combination: string, policies: readonly RoutePolicy[]): void {
  for (const policy of policies) {
    if (typeof policy !== "function") {
      throw wrongArgument(
        `A policy of ${combination}()`,
        policy,
        'Give a function (glimpse, context) => "small" | "large", such as above(1).',
      );
    }
  }
}

/** @throws RouteError `invalid_option` where an option is misspelt, or there are none */
export function requireFields(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    const wanted = `an object of ${known.map((each) => `\`${each}\``).join(", ")}`;
    throw new RouteError(
      "invalid_option",
      `Expected \`options\` of ${owner} to be ${wanted}, got ${shownValue(options)}.`,
    );
  }
  for (const field of Object.keys(options)) {
    if (known.includes(field)) continue;
    const near = nearestName(field, known);
    const meant = near === null ? `It has ${known.join(", ")}.` : `Did you mean \`${near}\`?`;
    throw new RouteError("invalid_option", `${owner} has no option \`${field}\`. ${meant}`);
  }
}

/** @param field - argument and policy, in an error's words: "`tau` of above()" */
export function wrongArgument(field: string, value: unknown, remedy: string): RouteError {
  return new RouteError("invalid_option", `${field} cannot be ${shownValue(value)}. ${remedy}`);
}
