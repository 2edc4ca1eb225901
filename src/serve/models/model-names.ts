import { ApiError } from "../api-error.js";

/** The routed model's id; others begin with it. */
const ROUTED = "glimprouter";

/** What a model's name asks for. */
export type ModelAsked =
  | { readonly kind: "small" | "large" }
  | { readonly kind: "routed" }
  | { readonly kind: "routed"; readonly tau: number }
  /** Of the steps, by large: 0 to 1. */
  | { readonly kind: "routed"; readonly share: number };

/** Names that are listed; those with a knob go on from the first. */
export const LISTED: readonly string[] = [ROUTED, `${ROUTED}/small`, `${ROUTED}/large`];

const TAU = `${ROUTED}@tau=`;
const SHARE = `${ROUTED}@`;

/** @throws ApiError 404 where there is no such model */
export function readModelName(name: string): ModelAsked {
  if (name === ROUTED) return { kind: "routed" };
  if (name === `${ROUTED}/small`) return { kind: "small" };
  if (name === `${ROUTED}/large`) return { kind: "large" };
  if (name.startsWith(TAU)) {
    const tau = numberIn(name.slice(TAU.length));
    if (tau !== null) return { kind: "routed", tau };
  } else if (name.startsWith(SHARE)) {
    const share = numberIn(name.slice(SHARE.length));
    if (share !== null && share >= 0 && share <= 1) return { kind: "routed", share };
  }
  throw noModel(
    name,
    `There are ${LISTED.join(", ")}, ${TAU}1.2 and, with a calibration, ${SHARE}0.30.`,
  );
}

export function noModel(name: string, why: string): ApiError {
  const said = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}...` : name);
  return new ApiError(404, `There is no model ${said}. ${why}`, {
    param: "model",
    code: "model_not_found",
  });
}

function numberIn(text: string): number | null {
  const number = Number(text);
  return text.trim() === text && text !== "" && Number.isFinite(number) ? number : null;
}
