import { withoutControls } from "../../core/without-controls.js";
import { type Make, makerOf } from "../../page/element.js";
import type { AskedReply } from "./asked-reply.js";
import { percent, secondsOf } from "./figures.js";
import { ribbonOf } from "./ribbon.js";

/** Replies before: each by its threshold, its ribbon and its answer, to be compared and to be looked at again. */
export class EarlierView {
  readonly #make: Make;
  readonly #place: HTMLElement;
  readonly #list: HTMLElement;
  readonly #onChosen: (reply: AskedReply) => void;
  readonly #replies: AskedReply[] = [];

  constructor(page: Document, place: HTMLElement, onChosen: (reply: AskedReply) => void) {
    this.#make = makerOf(page);
    this.#place = place;
    this.#list = this.#make("ol", {});
    this.#onChosen = onChosen;
    place.append(this.#list);
  }

  add(reply: AskedReply): void {
    this.#replies.unshift(reply);
  }

  /** One alone is shown above already. */
  draw(shown: AskedReply | null): void {
    this.#place.toggleAttribute("hidden", this.#replies.length < 2);
    this.#list.replaceChildren(
      ...this.#replies.map((reply, at) => {
        const isAsBefore = this.#replies[at - 1]?.question === reply.question;
        return this.#row(reply, { isShown: reply === shown, isAsBefore });
      }),
    );
  }

  /** A question that is that of the row above stands there. */
  #row(
    reply: AskedReply,
    { isShown, isAsBefore }: { readonly isShown: boolean; readonly isAsBefore: boolean },
  ): HTMLElement {
    const make = this.#make;
    const { tau, written, question, ms, state } = reply;
    const share = written.record === null ? state : `${percent(written.record.largeShare)} large`;
    const button = make(
      "button",
      { type: "button", ...(isShown ? { "aria-current": "true" } : {}) },
      make("span", { class: "figure" }, tau === null ? "" : `τ ${tau.toFixed(2)}`),
      ribbonOf(make, written.steps),
      make("span", { class: "figure" }, share),
      make("span", { class: "figure" }, secondsOf(ms)),
      make("bdi", { class: "line" }, withoutControls(written.answer || "no answer")),
      isAsBefore ? null : make("bdi", { class: "line question" }, withoutControls(question)),
    );
    button.addEventListener("click", () => {
      const at = this.#replies.indexOf(reply);
      this.#onChosen(reply);
      this.#list.querySelectorAll<HTMLElement>("button")[at]?.focus();
    });
    return make("li", {}, button);
  }
}
