import type { Json } from "../json.js";
import type { Ask, GlimpsePoint, SeenToken } from "./glimpse-point.js";

/** Where a point stands that is followed inside another one. */
export type PartState = {
  readonly state: Json;
  /** A final ask of this step has been put. */
  readonly settled: boolean;
};

/** Begins a step. */
export function startPart(point: GlimpsePoint, before: PartState | undefined): PartState {
  return { state: point.start(before?.state ?? null), settled: false };
}

export function readPart(
  point: GlimpsePoint,
  before: PartState,
  token: SeenToken,
): { readonly part: PartState; readonly asks: readonly Ask[] } {
  const { state, ask } = point.read(before.state, token);
  const asks = asksOf(ask);
  return { part: { state, settled: before.settled || asks.some(({ final }) => final) }, asks };
}

export function endPart(point: GlimpsePoint, { state }: PartState): readonly Ask[] {
  return asksOf(point.end(state));
}

/** Where its text is held back from; `null`: nowhere. */
export function partHoldsFrom(point: GlimpsePoint, { state, settled }: PartState): number | null {
  return point.holdsFrom === undefined ? (settled ? null : 0) : point.holdsFrom(state);
}

function asksOf(ask: Ask | readonly Ask[] | null | undefined): readonly Ask[] {
  if (ask === null || ask === undefined) return [];
  return "cut" in ask ? [ask] : ask;
}
