import type { RouteEvent } from "../../router/route-event.js";
import type { DecisionRecord } from "../../router/step-record.js";
import type { EvalStep } from "../records/eval-record.js";

type Told = Extract<RouteEvent, { type: "route-decided" }>;

/** The steps of a reply as its events tell them: with their texts, and the candidates of the decisions that are kept. */
export class ToldSteps {
  readonly steps: EvalStep[] = [];
  /** Of the step under way: the hand-offs, and the highest of the others. */
  #handoffs: Told[] = [];
  #highest: Told | null = null;

  add(event: RouteEvent): void {
    if (event.type === "route-decided") this.#decide(event);
    if (event.type !== "step-end") return;
    const { record, text } = event;
    const { step, route, end, tokens, ms, parts, verified } = record;
    this.steps.push({
      step,
      route,
      end,
      tokens,
      ms,
      text,
      parts: parts.map((part) => ({
        route: part.route,
        tokens: part.tokens,
        ms: part.ms,
        from: part.from,
      })),
      decisions: record.decisions.map((each) => ({
        ...each,
        candidates: this.#candidatesOf(each),
      })),
      ...(verified && {
        verified: { by: verified.by, value: verified.value, accepted: verified.accepted },
      }),
    });
    this.#handoffs = [];
    this.#highest = null;
  }

  #decide(told: Told): void {
    if (told.route === "large") this.#handoffs.push(told);
    else if (this.#highest === null || (told.value ?? 0) > (this.#highest.value ?? 0)) {
      this.#highest = told;
    }
  }

  #candidatesOf({ point, at, value }: DecisionRecord): [string, number][] {
    const told = [...this.#handoffs, ...(this.#highest ? [this.#highest] : [])].find(
      (each) => each.point === point && each.at === at && each.value === value,
    );
    return (told?.candidates ?? []).map(({ token, probability }) => [token, probability]);
  }
}
