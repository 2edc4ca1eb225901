import type { Json } from "../../core/json.js";
import { above } from "../../core/policies/above.js";
import { below } from "../../core/policies/below.js";
import type { Glimpse, RouteContext, RouteDecision, RoutePolicy } from "../../core/route-policy.js";
import type { StepRecord } from "../../router/step-record.js";
import type { Calibration } from "./calibration.js";

/** Decisions over which a rate is looked at: what `attained.rate` of a calibration is for. */
const WINDOW = 500;

/** Name of the custom event. */
export const DRIFT_EVENT = "glimprouter_drift";

/** A router hands over more often, or less, than it did when it was calibrated. */
export interface Drift {
  /** Its `id`. */
  readonly calibration: string;
  /** Hand-overs a decision. */
  readonly rate: number;
  readonly decisions: number;
  readonly attained: Calibration["attained"]["rate"];
  readonly message: string;
}

type Counts = {
  readonly places: number;
  readonly large: number;
};

/** A reply's own counts, in its state. */
type ReplyState = Counts & {
  readonly step: number;
  /** The latest place of each point in the step, and whether it went to large: it may be asked again. */
  readonly latest: { readonly [point: string]: readonly [occasion: number, large: boolean] };
};

const NOTHING: Pick<ReplyState, "places" | "large" | "latest"> = {
  places: 0,
  large: 0,
  latest: {},
};

/** Counts the decisions of one router; what one reply has counted is joined when it is over. */
export class DriftWatch {
  /** The calibration's, with the counting in its state. */
  readonly policy: RoutePolicy;
  readonly #calibration: Calibration;
  #counts: Counts = NOTHING;
  #told = false;

  constructor(calibration: Calibration) {
    const { direction, threshold, verify } = calibration;
    this.#calibration = calibration;
    const decide = direction === "above" ? above(threshold) : below(threshold);
    // Where steps are verified, the judge hands over: the record of a reply tells how often.
    this.policy =
      verify === null
        ? Object.assign(
            (glimpse: Glimpse, context: RouteContext) => count(decide, glimpse, context),
            {
              settle: (state: Json) => this.#join(readState(state) ?? NOTHING),
            },
          )
        : decide;
  }

  /**
   * A reply is over, and its policies have settled.
   *
   * @returns what is to be told, once in the life of a router
   */
  hear(steps: readonly StepRecord[]): Drift | null {
    const judged = steps.flatMap(({ verified }) => verified ?? []);
    if (this.#calibration.verify !== null) {
      const rejected = judged.filter(({ accepted }) => !accepted).length;
      this.#join({ places: judged.length, large: rejected });
    }
    const { places, large } = this.#counts;
    if (this.#told || places < WINDOW) return null;
    this.#counts = NOTHING;
    const { id, attained } = this.#calibration;
    const rate = large / places;
    if (rate >= attained.rate.lo && rate <= attained.rate.hi) return null;
    this.#told = true;
    return {
      calibration: id,
      rate,
      decisions: places,
      attained: attained.rate,
      message: wordsOf(rate, places, attained.rate),
    };
  }

  #join({ places, large }: Counts): void {
    this.#counts = { places: this.#counts.places + places, large: this.#counts.large + large };
  }
}

/** A place counts once, as large if it went there at any of its asks. */
function count(decide: RoutePolicy, glimpse: Glimpse, context: RouteContext): RouteDecision {
  const { point, occasion } = glimpse;
  const { step } = context;
  const before = readState(context.state) ?? { ...NOTHING, step };
  const latest = before.step === step ? before.latest : NOTHING.latest;
  const isAgain = latest[point]?.[0] === occasion;
  const wasLarge = isAgain && latest[point]?.[1] === true;
  const route = decide(glimpse, context) === "large" ? "large" : "small";
  const isLarge = route === "large" || wasLarge;
  const state: ReplyState = {
    places: before.places + (isAgain ? 0 : 1),
    large: before.large + (isLarge && !wasLarge ? 1 : 0),
    step,
    latest: { ...latest, [point]: [occasion, isLarge] },
  };
  return { route, state };
}

/** A thought may be resumed under another policy: a state of another kind counts as none. */
function readState(state: Json | undefined): ReplyState | undefined {
  const { places, large, step, latest } = (state ?? {}) as Partial<ReplyState>;
  const isCounted = [places, large, step].every(Number.isFinite);
  return isCounted && typeof latest === "object" && latest !== null
    ? (state as ReplyState)
    : undefined;
}

function wordsOf(rate: number, decisions: number, { lo, hi }: Drift["attained"]): string {
  const often = `${share(rate)} of ${decisions} decisions went to large`;
  return `${often}, where the calibration lets expect ${share(lo)} to ${share(hi)}: questions or models are not what they were. Calibrate anew, or look with \`glimprouter doctor --calibration\`.`;
}

function share(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}
