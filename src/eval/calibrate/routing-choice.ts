import { entropyCeiling } from "../../core/entropy.js";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { stepStart } from "../../core/points/step-start.js";
import { above } from "../../core/policies/above.js";
import { always } from "../../core/policies/always.js";
import { below } from "../../core/policies/below.js";
import type { Glimpse, RouteContext } from "../../core/route-policy.js";
import type { ModelJudge } from "../../router/model-judge.js";
import type { Arm } from "../arms/arm.js";
import type { RoutedSetup } from "../arms/routed-setup.js";
import type { EvalRecord } from "../records/eval-record.js";
import { finalAsks } from "./draw-point.js";
import { type DecisionNotes, NO_NOTES } from "./kept-reply.js";
import type { Signal } from "./menu.js";

/** By what a pair is routed, but for the threshold. */
export type RoutingChoice =
  | { readonly kind: "point"; readonly point: GlimpsePoint; readonly direction: "above" | "below" }
  | { readonly kind: "judge"; readonly by: ModelJudge };

/** How a signal routes; a dummy, and a blend that was not fitted, route nothing. */
export function choiceOf(signal: Signal): RoutingChoice | null {
  if (signal.kind === "judge") return { kind: "judge", by: signal.by };
  if (signal.kind !== "point") return null;
  return { kind: "point", point: signal.point, direction: signal.direction };
}

/** An arm for one reply, and what its decisions were. */
export interface NotedArm {
  readonly arm: Arm;
  notesOf(record: EvalRecord): DecisionNotes;
}

/**
 * @param tau - in the unit of the point, or of the judge; rising with doubt for `below`, too: then it is the threshold's negative
 * @param whole - asks only when a value is final: the whole value is seen also where large takes over
 */
export function routedBy(
  choice: RoutingChoice,
  tau: number,
  name: string,
  whole: boolean,
): NotedArm {
  if (choice.kind === "judge") return judgedBy(choice.by, tau, name);
  const { point, direction } = choice;
  const sign = direction === "below" ? -1 : 1;
  let notes = new PointNotes(sign);
  const arm: Arm = {
    name,
    about: `routed at ${point.name}`,
    settings: { point: point.name, direction, tau },
    cached: true,
    way: {
      kind: "routed",
      options: () => {
        const own = new PointNotes(sign);
        notes = own;
        return {
          glimpseAt: whole ? finalAsks(point) : point,
          policy: (glimpse, context) => own.decide(glimpse, context, tau),
        };
      },
    },
  };
  return { arm, notesOf: () => notes };
}

/** The same as a set-up whose arms `eval` knows. */
export function setupOfChoice(
  choice: RoutingChoice,
  { tau, rate, k }: { readonly tau: number; readonly rate: number; readonly k: number },
): RoutedSetup {
  if (choice.kind === "judge") {
    const verify = { by: choice.by, threshold: tau, when: "always" } as const;
    // Above the ceiling there is nothing: the judge alone hands over.
    const never = { point: stepStart(), threshold: entropyCeiling(k), policy: always("small") };
    return { ...never, direction: "above", verify, rate };
  }
  const { point, direction } = choice;
  const threshold = thresholdOf(choice, tau);
  const policy = direction === "below" ? below(threshold) : above(threshold);
  return { point, threshold, policy, direction, verify: null, rate };
}

/** tau as a router takes it. */
export function thresholdOf(choice: RoutingChoice, tau: number): number {
  return choice.kind === "point" && choice.direction === "below" ? -tau : tau;
}

function judgedBy(by: ModelJudge, tau: number, name: string): NotedArm {
  const options = { policy: always("small"), verify: { by, threshold: tau } };
  return {
    arm: {
      name,
      about: `every step by small, judged by ${by}`,
      settings: { by, tau },
      cached: true,
      way: { kind: "routed", options: () => options },
    },
    notesOf({ steps }) {
      const judged = steps.flatMap(({ step, verified }) =>
        verified === undefined ? [] : [{ step, ...verified }],
      );
      if (judged.length === 0) return NO_NOTES;
      return {
        values: new Map(
          judged.flatMap(({ step, value }) => (value === null ? [] : [[step, value]])),
        ),
        decisions: judged.length,
        handedOver: judged.filter(({ accepted }) => !accepted).length,
      };
    },
  };
}

/** What the decisions at a point were: each place of a step once. */
class PointNotes implements DecisionNotes {
  readonly values = new Map<number, number>();
  decisions = 0;
  handedOver = 0;
  readonly #sign: number;
  #place = "";
  #isLarge = false;

  constructor(sign: number) {
    this.#sign = sign;
  }

  decide(
    { point, occasion, value }: Glimpse,
    { step }: RouteContext,
    tau: number,
  ): "small" | "large" {
    const rising = this.#sign * value;
    const place = `${step} ${point} ${occasion}`;
    if (place !== this.#place) {
      this.#place = place;
      this.#isLarge = false;
      this.decisions++;
    }
    this.values.set(step, Math.max(rising, this.values.get(step) ?? Number.NEGATIVE_INFINITY));
    const route = rising > tau ? "large" : "small";
    if (route === "large" && !this.#isLarge) {
      this.#isLarge = true;
      this.handedOver++;
    }
    return route;
  }
}
