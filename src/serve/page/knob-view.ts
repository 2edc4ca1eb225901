import { type Make, makerOf } from "../../page/element.js";
import { type ShownStep, shareOf } from "../../page/shown-thought.js";
import { isHandedOver, type Knob } from "./page-data.js";

/** Hundredths of a range. */
const STEP = 0.01;

/**
 * The threshold of the next question. The values of the thought that is shown stand on it as dots, so that one sees what
 * another threshold would have handed over.
 */
export class KnobView {
  readonly #make: Make;
  readonly #knob: Knob;
  readonly #place: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #shown: HTMLElement;
  readonly #dots: HTMLElement;
  readonly #hint: HTMLElement;
  readonly #reset: HTMLElement;
  #values: readonly number[] = [];

  constructor(page: Document, place: HTMLElement, knob: Knob) {
    const make = makerOf(page);
    const { lo, hi, tau, direction } = knob;
    this.#make = make;
    this.#knob = knob;
    this.#place = place;
    this.#input = make("input", {
      type: "range",
      id: "tau",
      min: String(lo),
      max: String(hi),
      step: String(STEP),
      value: String(tau),
      "aria-describedby": "tau-hint",
    });
    this.#shown = make("output", { for: "tau" });
    this.#dots = make("div", { class: "dots", "aria-hidden": "true" });
    this.#hint = make("p", { id: "tau-hint", class: "quiet" });
    this.#reset = make("button", { type: "button", class: "pill" }, `back to ${tau.toFixed(2)}`);
    const small = make("span", { class: "small" }, "small writes");
    const large = make("span", { class: "large" }, "large takes over");
    place.classList.add(direction);
    place.append(
      make(
        "div",
        { class: "head" },
        make("label", { for: "tau" }, "Threshold τ"),
        this.#shown,
        this.#reset,
      ),
      this.#dots,
      this.#input,
      make(
        "div",
        { class: "ends", "aria-hidden": "true" },
        ...(direction === "above" ? [small, large] : [large, small]),
      ),
      this.#hint,
    );
    this.#input.addEventListener("input", () => this.#draw());
    this.#reset.addEventListener("click", () => this.set(tau));
    this.#draw();
  }

  /** In the point's unit. */
  get tau(): number {
    return Number(this.#input.value);
  }

  get isOwn(): boolean {
    return this.#input.value === this.#input.defaultValue || this.tau === this.#knob.tau;
  }

  set(tau: number): void {
    this.#input.value = String(tau);
    this.#draw();
    this.#input.focus();
  }

  /** The thought whose values are shown. */
  about(steps: readonly ShownStep[]): void {
    const values = steps.flatMap(({ decisions }) => {
      const told = decisions.flatMap(({ value }) => (value === null ? [] : [value]));
      return told.length === 0 ? [] : [Math.max(...told)];
    });
    if (
      values.length === this.#values.length &&
      values.every((each, at) => each === this.#values[at])
    )
      return;
    this.#values = values;
    this.#draw();
  }

  #draw(): void {
    const { tau } = this;
    const { unit } = this.#knob;
    const isOver = (value: number) => isHandedOver(value, tau, this.#knob);
    this.#place.style.setProperty("--at", shareOf(tau, this.#knob));
    const told = `${tau.toFixed(2)}${unit === "1" || unit === "" ? "" : ` ${unit}`}`;
    this.#shown.textContent = told;
    this.#input.setAttribute("aria-valuetext", told);
    this.#reset.toggleAttribute("hidden", this.isOwn);
    this.#dots.replaceChildren(
      ...this.#values.map((value) => {
        const dot = this.#make("span", { class: isOver(value) ? "large" : "small" });
        dot.style.setProperty("left", shareOf(value, this.#knob));
        return dot;
      }),
    );
    const over = this.#values.filter(isOver).length;
    this.#hint.textContent =
      this.#values.length === 0
        ? "For the next question. Each step's doubt will stand here as a dot."
        : `Of the ${this.#values.length} steps shown, ${over === 0 ? "none" : over} ${over < 2 ? "lies" : "lie"} on large's side.`;
  }
}
