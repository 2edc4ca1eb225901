import { withoutControls } from "../core/without-controls.js";
import { type Make, makerOf } from "./element.js";
import type { ShownDecision } from "./shown-thought.js";

const AWAY = 6;

/** One card for all decisions: what small held for likely there. It comes by pointing and by focus, and goes by Escape. */
export class CandidatesCard {
  readonly #page: Document;
  readonly #make: Make;
  readonly #card: HTMLElement;
  /** Whose card it is while it is shown. */
  #mark: HTMLElement | null = null;

  constructor(page: Document) {
    this.#page = page;
    this.#make = makerOf(page);
    this.#card = this.#make("div", {
      class: "card",
      id: "candidates",
      role: "tooltip",
      hidden: "",
    });
    page.body.append(this.#card);
    page.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key === "Escape") this.hide();
    });
    // It goes along: a mark that is reached by keyboard is scrolled to after it has the focus.
    page.addEventListener("scroll", () => this.#place(), { capture: true, passive: true });
  }

  /** @param tau - the threshold that was decided by, `null` where nobody told */
  belongsTo(mark: HTMLElement, decision: ShownDecision, tau: number | null): void {
    mark.setAttribute("aria-describedby", this.#card.id);
    for (const event of ["pointerenter", "focus", "click"]) {
      mark.addEventListener(event, () => this.#showAt(mark, decision, tau));
    }
    mark.addEventListener("blur", () => this.hide());
    mark.addEventListener("pointerleave", () => {
      if (this.#page.activeElement !== mark) this.hide();
    });
  }

  hide(): void {
    this.#mark = null;
    this.#card.setAttribute("hidden", "");
  }

  /** A step that is written anew takes its marks with it. */
  hideIfGone(): void {
    if (this.#mark?.isConnected === false) this.hide();
  }

  #showAt(mark: HTMLElement, decision: ShownDecision, tau: number | null): void {
    this.#card.replaceChildren(this.#sentence(decision, tau), this.#candidates(decision));
    this.#card.removeAttribute("hidden");
    this.#mark = mark;
    this.#place();
  }

  /** Below its mark, or above where there is no room. */
  #place(): void {
    if (this.#mark === null) return;
    const place = this.#mark.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#card;
    const view = this.#page.documentElement;
    const left = Math.max(AWAY, Math.min(place.left, view.clientWidth - width - AWAY));
    const below = place.bottom + AWAY;
    const fits = below + height <= view.clientHeight;
    this.#card.style.left = `${left}px`;
    this.#card.style.top = `${fits ? below : Math.max(AWAY, place.top - AWAY - height)}px`;
  }

  #sentence({ value, point, route, token }: ShownDecision, tau: number | null): HTMLElement {
    const limit = value === null || tau === null ? "" : ` (τ ${tau.toFixed(2)})`;
    const reading = value === null ? "not looked at" : `${value.toFixed(2)}${limit}`;
    const who = route === "large" ? "handed to large" : "kept by small";
    const dropped = route === "large" && token !== null ? `; "${visible(token)}" is dropped` : "";
    return this.#make(
      "p",
      {},
      this.#make("strong", {}, `${who}${dropped}`),
      this.#make("span", {}, `${withoutControls(point)}: ${reading}`),
    );
  }

  #candidates({ candidates }: ShownDecision): HTMLElement {
    if (candidates.length === 0)
      return this.#make("p", { class: "quiet" }, "No candidates were told.");
    const rows = candidates.map(([token, p]) => {
      const bar = this.#make("span", { class: "share" });
      bar.style.setProperty("--share", `${(100 * p).toFixed(1)}%`);
      return this.#make(
        "li",
        {},
        this.#make("code", { dir: "auto" }, visible(token)),
        bar,
        this.#make("span", { class: "figure" }, `${(100 * p).toFixed(1)} %`),
      );
    });
    return this.#make("ol", {}, ...rows);
  }
}

/** A token is often a blank, or begins with one. */
function visible(token: string): string {
  return withoutControls(token).replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "·");
}
