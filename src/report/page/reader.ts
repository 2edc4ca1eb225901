import { withoutControls } from "../../core/without-controls.js";
import { CandidatesCard } from "../../page/candidates-card.js";
import { type Make, makerOf } from "../../page/element.js";
import { ThoughtView } from "../../page/thought-view.js";
import {
  type ReaderData,
  type ReaderProblem,
  THOUGHT_KINDS,
  type ThoughtKind,
} from "../thoughts/reader-data.js";
import { ProblemView } from "./problem-view.js";

type Filter = ThoughtKind | "all";

/** Puts the reader of single thoughts into its place: a list that is filtered and searched, and one problem. */
export function startReader(page: Document, place: HTMLElement, data: ReaderData): void {
  if (data.problems.length === 0) return;
  new Reader(page, place, data).start();
}

class Reader {
  readonly #make: Make;
  readonly #place: HTMLElement;
  readonly #data: ReaderData;
  readonly #problem: ProblemView;
  readonly #list: HTMLElement;
  readonly #count: HTMLElement;
  readonly #search: HTMLInputElement;
  readonly #texts: readonly string[];
  #filter: Filter = "all";

  constructor(page: Document, place: HTMLElement, data: ReaderData) {
    this.#make = makerOf(page);
    this.#place = place;
    this.#data = data;
    const thoughts = new ThoughtView(page, new CandidatesCard(page), data.scale);
    this.#problem = new ProblemView(page, thoughts, data.primary);
    this.#list = this.#make("ul", { class: "problems", "aria-label": "Problems" });
    this.#count = this.#make("p", { class: "quiet", role: "status" });
    this.#search = this.#make("input", { type: "search" });
    this.#texts = data.problems.map(searchedText);
  }

  start(): void {
    const side = this.#make(
      "div",
      { class: "side" },
      // A label that stays while one types.
      this.#make("label", {}, "Search problems and thoughts", this.#search),
      this.#filters(),
      this.#count,
      this.#list,
    );
    this.#place.replaceChildren(side, this.#problem.element);
    this.#place.classList.add("started");
    this.#search.addEventListener("input", () => this.#fill());
    this.#list.addEventListener("keydown", (event) => this.#step(event as KeyboardEvent));
    this.#fill();
    this.#choose(0);
  }

  #filters(): HTMLElement {
    const kinds: readonly Filter[] = ["all", ...THOUGHT_KINDS];
    const buttons = kinds.map((kind) => {
      const count = this.#data.problems.filter((problem) => isOfKind(problem, kind)).length;
      const button = this.#make(
        "button",
        { type: "button", class: "pill", "aria-pressed": String(kind === this.#filter) },
        `${kind} `,
        this.#make("span", { class: "figure" }, String(count)),
      );
      if (count === 0) button.setAttribute("disabled", "");
      button.addEventListener("click", () => {
        this.#filter = kind;
        for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
        this.#fill();
      });
      return button;
    });
    return this.#make("div", { class: "filters", role: "group", "aria-label": "Show" }, ...buttons);
  }

  #fill(): void {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#data.problems.flatMap((problem, index) => {
      const text = this.#texts[index] ?? "";
      const isFound = isOfKind(problem, this.#filter) && words.every((word) => text.includes(word));
      return isFound ? [this.#row(problem, index)] : [];
    });
    this.#list.replaceChildren(...found);
    this.#count.textContent = `${found.length} of ${this.#data.problems.length}`;
  }

  #row(problem: ReaderProblem, index: number): HTMLElement {
    const button = this.#make(
      "button",
      { type: "button", "data-index": String(index) },
      this.#make("span", { class: "id", dir: "auto" }, withoutControls(problem.id)),
      this.#make(
        "span",
        { class: "excerpt", dir: "auto" },
        withoutControls(problem.prompt ?? "").slice(0, 120),
      ),
      this.#make(
        "span",
        { class: "kind" },
        problem.kinds.filter((kind) => kind !== "handed over").join("; "),
      ),
    );
    button.addEventListener("click", () => {
      this.#choose(index);
      this.#problem.bringIntoView();
    });
    const row = this.#make("li", {}, button);
    if (problem === this.#problem.shown) button.setAttribute("aria-current", "true");
    return row;
  }

  #choose(index: number): void {
    const problem = this.#data.problems[index];
    if (problem === undefined) return;
    this.#problem.show(problem);
    for (const button of Array.from(this.#list.querySelectorAll("button"))) {
      if (button.dataset.index === String(index)) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  /** Arrows go through the list. */
  #step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    const buttons = Array.from(this.#list.querySelectorAll("button"));
    const next = buttons[buttons.indexOf(event.target as HTMLButtonElement) + by];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    this.#choose(Number(next.dataset.index));
  }
}

function isOfKind({ kinds }: ReaderProblem, filter: Filter): boolean {
  return filter === "all" || kinds.includes(filter);
}

function searchedText({ id, prompt, expected, replies }: ReaderProblem): string {
  const said = replies.flatMap(({ answer, thought, steps }) => [
    answer,
    thought ?? "",
    ...steps.map(({ text }) => text),
  ]);
  return [id, prompt ?? "", expected ?? "", ...said].join("\n").toLowerCase();
}
