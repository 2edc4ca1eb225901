import { RouteError } from "../route-error.js";
import type { RoutePolicy } from "../route-policy.js";
import type { Ask, GlimpsePoint, PolicyOfPart } from "./glimpse-point.js";
import { isPoint, requirePoint, wrongArgument } from "./point-arguments.js";
import { endPart, type PartState, partHoldsFrom, readPart, startPart } from "./point-part.js";

/** A point, with a policy of its own where the router's threshold is not its. */
export type PointPart =
  | GlimpsePoint
  | { readonly point: GlimpsePoint; readonly policy: RoutePolicy };

interface Part {
  readonly point: GlimpsePoint;
  readonly policy: RoutePolicy | null;
}

type State = readonly PartState[];

/** In a name, behind a part whose policy it cannot hold. */
export const OWN_POLICY = "@policy";

/**
 * Several points at once: each asks where it would alone, and the first that large wins hands over. A bare point
 * takes the router's threshold; all bare ones must have one unit. Text waits as long as any part's decision is
 * open.
 *
 * @example anyOf(stepStart(), { point: openers(["Wait"]), policy: above(0.5) })
 * @throws RouteError `invalid_option`
 */
export function anyOf(...parts: readonly PointPart[]): GlimpsePoint {
  if (parts.length === 0) throw wrongArgument("anyOf", "parts", parts, "one point or more");
  const all = parts.map(requirePart);
  const policies = all.flatMap(policiesOf);
  requireDistinct(
    all.map(({ point }) => point.name),
    "the point",
  );
  requireDistinct(
    policies.map(({ of }) => of),
    "a policy for",
  );
  const bare = all.filter(({ policy }) => policy === null);
  const units = new Set(bare.map(({ point }) => point.unit));
  if (units.size > 1) throw mixedUnits(bare);
  const compared = (bare.length > 0 ? bare : all).map(({ point }) => point);
  const points = all.map(({ point }) => point);
  const point: GlimpsePoint<State> = {
    name: `anyOf(${all.map(({ point, policy }) => point.name + (policy === null ? "" : OWN_POLICY)).join(",")})`,
    unit: compared[0]?.unit ?? "1",
    range(k) {
      const ranges = compared.map((each) => each.range(k));
      return [
        Math.min(...ranges.map(([least]) => least)),
        Math.max(...ranges.map(([, most]) => most)),
      ];
    },
    cutsInside: points.some((each) => each.cutsInside),
    policies,
    start: (before) => points.map((each, index) => startPart(each, before?.[index])),
    wants: (state) => points.some((each, index) => each.wants(at(state, index).state)),
    wantsToo: (state, text) =>
      points.some((each, index) => each.wantsToo?.(at(state, index).state, text) ?? false),
    read(state, token) {
      const asks: Ask[] = [];
      const parts = points.map((each, index) => {
        const read = readPart(each, at(state, index), token);
        for (const ask of read.asks) asks.push(renumbered(ask, all, index));
        return read.part;
      });
      return { state: parts, ask: asks };
    },
    end: (state) =>
      points.flatMap((each, index) =>
        endPart(each, at(state, index)).map((ask) => renumbered(ask, all, index)),
      ),
    holdsFrom(state) {
      let least: number | null = null;
      for (const [index, each] of points.entries()) {
        const from = partHoldsFrom(each, at(state, index));
        if (from !== null && (least === null || from < least)) least = from;
      }
      return least;
    },
  };
  return point;
}

/** The parts' occasions side by side: each stays one, and no two are one. */
function renumbered(ask: Ask, parts: readonly Part[], index: number): Ask {
  const { point, policy } = parts[index] ?? { point: { name: "" }, policy: null };
  const numbered = {
    ...ask,
    occasion: ask.occasion * parts.length + index,
    point: ask.point ?? point.name,
  };
  if (ask.policy !== undefined || policy === null) return numbered;
  return { ...numbered, policy, policyOf: point.name };
}

/** Those of a part that is made of others, and its own. */
function policiesOf({ point, policy }: Part): readonly PolicyOfPart[] {
  const own = policy === null ? [] : [{ of: point.name, policy }];
  return [...(point.policies ?? []), ...own];
}

function at(state: State, index: number): PartState {
  return state[index] ?? { state: null, settled: false };
}

function requirePart(part: unknown): Part {
  if (isPoint(part)) return { point: part, policy: null };
  const { point, policy } = (part ?? {}) as { point?: unknown; policy?: unknown };
  if (point === undefined) requirePoint("anyOf", "parts", part);
  if (typeof policy !== "function") {
    throw wrongArgument("anyOf", "policy", policy, "a policy, such as above(1)");
  }
  return { point: requirePoint("anyOf", "point", point), policy: policy as RoutePolicy };
}

/** A part is known by its name, in records and in what policies remember. */
function requireDistinct(names: readonly string[], what: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new RouteError(
    "invalid_option",
    `anyOf has ${what} ${JSON.stringify(twice)} twice. Give it once; two policies become one with or() and and().`,
  );
}

function mixedUnits(bare: readonly Part[]): RouteError {
  const told = bare.map(({ point: { name, unit } }) => `${name} (${unit})`).join(", ");
  return new RouteError(
    "invalid_option",
    `anyOf cannot compare ${told} with one threshold: their units differ. Give those of another unit a policy of their own: { point, policy }.`,
  );
}
