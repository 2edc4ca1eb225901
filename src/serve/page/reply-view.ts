import { withoutControls } from "../../core/without-controls.js";
import { CandidatesCard } from "../../page/candidates-card.js";
import { type Make, makerOf } from "../../page/element.js";
import { ThoughtView } from "../../page/thought-view.js";
import type { AskedReply, ReplyState } from "./asked-reply.js";
import { figuresOf, secondsOf } from "./figures.js";
import type { Knob } from "./page-data.js";
import { ribbonOf } from "./ribbon.js";
import { sampleSteps } from "./sample-steps.js";

/** Where a reply is shown. */
export interface ReplyPlaces {
  readonly status: HTMLElement;
  readonly ribbon: HTMLElement;
  readonly thought: HTMLElement;
  readonly answer: HTMLElement;
  readonly failure: HTMLElement;
  readonly figures: HTMLElement;
}

/** Shows one reply, as far as it is written. What is written stays as it was made; only the step under way is made anew. */
export class ReplyView {
  readonly #make: Make;
  readonly #page: Document;
  readonly #places: ReplyPlaces;
  readonly #card: CandidatesCard;
  readonly #knob: Knob | null;
  #reply: AskedReply | null = null;
  #thoughts: ThoughtView | null = null;
  #drawn: { readonly look: string; readonly element: HTMLElement }[] = [];

  constructor(page: Document, places: ReplyPlaces, knob: Knob | null) {
    this.#make = makerOf(page);
    this.#page = page;
    this.#places = places;
    this.#card = new CandidatesCard(page);
    this.#knob = knob;
  }

  /** How a thought reads, before there is one. */
  showSample(place: HTMLElement): void {
    const scale = this.#knob;
    if (scale === null) return;
    const thoughts = new ThoughtView(this.#page, this.#card, scale);
    place.append(...sampleSteps(scale).map((step, index) => thoughts.step(step, index)));
  }

  get shown(): AskedReply | null {
    return this.#reply;
  }

  /** Another reply takes the place. */
  show(reply: AskedReply): void {
    this.#reply = reply;
    this.#drawn = [];
    const scale = this.#knob === null ? null : { ...this.#knob, tau: reply.tau };
    this.#thoughts = new ThoughtView(this.#page, this.#card, scale);
    this.#places.thought.replaceChildren();
    this.draw();
  }

  draw(): void {
    const reply = this.#reply;
    if (reply === null) return;
    const { status, ribbon, answer, failure, figures, thought } = this.#places;
    const { written, state } = reply;
    this.#drawSteps(reply);
    this.#card.hideIfGone();
    ribbon.replaceChildren(ribbonOf(this.#make, written.steps));
    setText(answer, withoutControls(written.answer));
    setText(failure, withoutControls(reply.failure ?? ""));
    setText(status, statusOf(reply));
    thought.toggleAttribute("aria-busy", !reply.isOver);
    thought.dataset.state = state;
    answer.dataset.state = state;
    figures.replaceChildren(...figuresOf(this.#make, reply));
  }

  #drawSteps(reply: AskedReply): void {
    const { steps } = reply.written;
    const isLive = (index: number) =>
      !reply.isOver && reply.written.answer === "" && index === steps.length - 1;
    steps.forEach((step, index) => {
      const look = JSON.stringify([
        step.text.length,
        step.parts,
        step.decisions.length,
        step.verified,
        isLive(index),
      ]);
      const drawn = this.#drawn[index];
      if (drawn?.look === look || this.#thoughts === null) return;
      const element = this.#thoughts.step(step, index);
      element.classList.toggle("live", isLive(index));
      if (drawn === undefined) this.#places.thought.append(element);
      else drawn.element.replaceWith(element);
      this.#drawn[index] = { look, element };
    });
    // A step that nobody wrote after all.
    for (const { element } of this.#drawn.splice(steps.length)) element.remove();
  }
}

const STATUS: Readonly<Record<ReplyState, string>> = {
  asked: "Asked.",
  waiting: "Others are served first: waiting for a place.",
  thinking: "Thinking.",
  answering: "Answering.",
  done: "Done",
  stopped: "Stopped",
  failed: "Failed",
};

function statusOf({ state, ms, isOver, written }: AskedReply): string {
  if (!isOver) return STATUS[state];
  const reason = written.record?.stopReason ?? "closed";
  const cut = reason === "closed" ? "" : ` The thought was ended: ${reason}.`;
  return `${STATUS[state]} after ${secondsOf(ms)}.${cut}`;
}

/** A live region is read again where its text is set again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
