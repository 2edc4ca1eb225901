import { withoutControls } from "../../core/without-controls.js";
import { type Content, type Make, makerOf } from "../../page/element.js";
import type { ThoughtView } from "../../page/thought-view.js";
import type { ReaderProblem, ReaderReply } from "../thoughts/reader-data.js";

/** One problem: what was asked, how each arm did, and the thought of the arm that is chosen. */
export class ProblemView {
  readonly element: HTMLElement;
  readonly #make: Make;
  readonly #thoughts: ThoughtView;
  #arm: string;
  #shown: ReaderProblem | null = null;

  /** @param primary - the arm that is shown until another one is chosen */
  constructor(page: Document, thoughts: ThoughtView, primary: string) {
    this.#make = makerOf(page);
    this.#thoughts = thoughts;
    this.#arm = primary;
    this.element = this.#make("article", { class: "problem", "aria-label": "Problem" });
  }

  get shown(): ReaderProblem | null {
    return this.#shown;
  }

  /** On a phone it stands below the list, out of sight. */
  bringIntoView(): void {
    const { defaultView } = this.element.ownerDocument;
    const isBelow =
      this.element.getBoundingClientRect().top > (defaultView?.innerHeight ?? 0) * 0.8;
    if (isBelow) this.element.scrollIntoView();
  }

  show(problem: ReaderProblem): void {
    this.#shown = problem;
    const { replies } = problem;
    const reply = replies.find(({ arm }) => arm === this.#arm) ?? replies[0];
    this.element.replaceChildren(
      this.#make("h3", { dir: "auto" }, withoutControls(problem.id)),
      ...this.#asked(problem),
      this.#arms(problem, reply),
      ...(reply === undefined ? [] : this.#reply(reply)),
    );
  }

  #asked({ prompt, expected }: ReaderProblem): readonly HTMLElement[] {
    const make = this.#make;
    const said: HTMLElement[] = [];
    if (prompt !== null)
      said.push(make("p", { class: "prompt", dir: "auto" }, withoutControls(prompt)));
    if (expected !== null) {
      const answer = make("bdi", {}, withoutControls(expected));
      said.push(make("p", { class: "expected" }, "Expected: ", answer));
    }
    return said;
  }

  /** How each arm did; a click shows its thought. */
  #arms(problem: ReaderProblem, shown: ReaderReply | undefined): HTMLElement {
    const buttons = problem.replies.map((reply) => {
      const button = this.#make(
        "button",
        {
          type: "button",
          "aria-pressed": String(reply === shown),
          class: `pill arm ${outcomeOf(reply)}`,
        },
        this.#make("bdi", {}, withoutControls(reply.arm)),
        this.#make("span", { class: "outcome" }, outcomeOf(reply)),
      );
      button.addEventListener("click", () => {
        this.#arm = reply.arm;
        const at = problem.replies.indexOf(reply);
        this.show(problem);
        this.element.querySelectorAll<HTMLElement>(".arm")[at]?.focus();
      });
      return button;
    });
    return this.#make("div", { class: "arms", role: "group", "aria-label": "Arms" }, ...buttons);
  }

  #reply(reply: ReaderReply): readonly HTMLElement[] {
    const make = this.#make;
    const { error, extracted, why, answer } = reply;
    const notes: Content[] = [
      extracted === null
        ? null
        : make("p", {}, "Read as: ", make("bdi", {}, withoutControls(extracted))),
      why === null ? null : make("p", {}, make("bdi", {}, withoutControls(why))),
      error === null
        ? null
        : make("p", { class: "failed" }, withoutControls(`${error.reason}: ${error.message}`)),
    ];
    return [
      make("p", { class: "facts" }, factsOf(reply)),
      this.#thoughts.show(reply),
      make(
        "div",
        { class: "answer" },
        make("h4", {}, "Answer"),
        make("div", { class: "text", dir: "auto" }, withoutControls(answer)),
        ...notes,
      ),
    ];
  }
}

function outcomeOf({ status, score }: ReaderReply): string {
  if (status !== "ok") return status === "error" ? "failed" : status;
  if (score >= 0.5) return "right";
  return "wrong";
}

function factsOf({ steps, interventionRate, largeShare, stopReason, ms }: ReaderReply): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return [
    steps.length === 0 ? null : `${steps.length} steps`,
    interventionRate === null ? null : `${percent(interventionRate)} of them by large`,
    largeShare === null ? null : `${percent(largeShare)} of the thought's tokens by large`,
    stopReason === null ? null : `ended by ${withoutControls(stopReason)}`,
    ms === null ? null : `${(ms / 1000).toFixed(1)} s`,
  ]
    .filter((fact) => fact !== null)
    .join(" · ");
}
