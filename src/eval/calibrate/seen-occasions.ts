import { anyOf, type PointPart } from "../../core/points/any-of.js";
import { hasDigit } from "../../core/points/digits.js";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import type { Glimpse, RouteContext, RoutePolicy } from "../../core/route-policy.js";
import { type Draft, finalAsks, wholeStep } from "./draw-point.js";

/** One place where large could take over, with all that was known there before chance decided. */
export interface SeenOccasion {
  readonly step: number;
  readonly handedOver: boolean;
  /** By the point's, the judge's or the dummy's name; what did not ask in the step has no value. */
  readonly values: Readonly<Record<string, number>>;
  /** Of points that cut inside: how often they asked in the step. */
  readonly asked: Readonly<Record<string, number>>;
  /** The step as small drafted it; `""` where the cut lies inside a step. */
  readonly draft: string;
  /** Of the draft. */
  readonly tokens: number;
  /** The thought before the step. */
  readonly thought: string;
}

interface StepNotes {
  readonly step: number;
  readonly values: Record<string, number>;
  readonly asked: Record<string, number>;
}

/**
 * Notes what points see in one reply, in which chance decides who goes on. Its policies are no pure functions: they are for
 * one reply, in one process.
 */
export class OccasionRecorder {
  readonly seen: SeenOccasion[] = [];
  readonly #chance: RoutePolicy;
  #notes: StepNotes = { step: 0, values: {}, asked: {} };
  #draft: Draft = { text: "", tokens: 0 };

  /** @param chance - draws once an occasion */
  constructor(chance: RoutePolicy) {
    this.#chance = chance;
  }

  /** One draw a step, at its end, with a cut at its start: it scores every signal that is known by then. */
  atStarts(points: readonly GlimpsePoint[]): GlimpsePoint {
    const noted = points.map(
      (point): PointPart => ({ point: finalAsks(point), policy: this.#note }),
    );
    const whole = wholeStep((draft) => {
      this.#draft = draft;
    });
    // Last: what is drawn must not be known to those before it, nor they to it too late.
    return anyOf(...noted, { point: whole, policy: this.#drawAtStart });
  }

  /** A draw at each of a point's own places, inside a step. */
  at(point: GlimpsePoint): GlimpsePoint {
    return anyOf({ point: finalAsks(point), policy: this.#drawInside });
  }

  readonly #note: RoutePolicy = ({ point, value }, { step }) => {
    const { values, asked } = this.#notesOf(step);
    values[point] = Math.max(value, values[point] ?? Number.NEGATIVE_INFINITY);
    asked[point] = (asked[point] ?? 0) + 1;
    return "small";
  };

  readonly #drawAtStart: RoutePolicy = (glimpse, context) => {
    const { text, tokens } = this.#draft;
    const { values, asked } = this.#notesOf(context.step);
    const dummies = {
      ...dummiesOf(context),
      stepLength: tokens,
      holdsDigit: Number(hasDigit(text)),
    };
    return this.#draw(glimpse, context, {
      values: { ...values, ...dummies },
      asked,
      draft: text,
      tokens,
    });
  };

  readonly #drawInside: RoutePolicy = (glimpse, context) => {
    const values = { ...dummiesOf(context), [glimpse.point]: glimpse.value };
    return this.#draw(glimpse, context, { values, asked: {}, draft: "", tokens: 0 });
  };

  #draw(
    glimpse: Glimpse,
    context: RouteContext,
    known: Pick<SeenOccasion, "values" | "asked" | "draft" | "tokens">,
  ): "small" | "large" {
    const route = this.#chance(glimpse, context) === "large" ? "large" : "small";
    const { step, thought } = context;
    this.seen.push({ step, handedOver: route === "large", ...known, thought });
    return route;
  }

  #notesOf(step: number): StepNotes {
    if (this.#notes.step !== step) this.#notes = { step, values: {}, asked: {} };
    return this.#notes;
  }
}

/** Early steps first: a step that goes wrong early spoils more. */
function dummiesOf({ step }: RouteContext): Readonly<Record<string, number>> {
  return { stepNumber: -step };
}
