import { withoutControls } from "../core/without-controls.js";
import type { CandidatesCard } from "./candidates-card.js";
import { type Content, type Make, makerOf } from "./element.js";
import { type ShownDecision, type ShownStep, shareOf, type ValueScale } from "./shown-thought.js";

interface ShownThought {
  readonly steps: readonly ShownStep[];
  /** Where nobody told its steps. */
  readonly thought: string | null;
  /** Its writer, where it has one alone. */
  readonly arm: string;
  readonly leftOut: boolean;
}

/** Shows thoughts: the report's reader does, and whoever has steps with their parts and decisions. */
export class ThoughtView {
  readonly #make: Make;
  readonly #card: CandidatesCard;
  readonly #scale: ValueScale | null;

  constructor(page: Document, card: CandidatesCard, scale: ValueScale | null) {
    this.#make = makerOf(page);
    this.#card = card;
    this.#scale = scale;
  }

  /** The thought of a reply, each part tinted by its writer. */
  show({ steps, thought, arm, leftOut }: ShownThought): HTMLElement {
    const make = this.#make;
    if (leftOut) return make("p", { class: "quiet" }, "Left out to keep the file small.");
    if (steps.length > 0) {
      return make("ol", { class: "steps" }, ...steps.map((step, index) => this.step(step, index)));
    }
    if (thought === null || thought === "") {
      return make("p", { class: "quiet" }, "No thought was told.");
    }
    const writer = arm.startsWith("small") ? "small" : arm.startsWith("large") ? "large" : "";
    return make("div", { class: `thought part ${writer}`, dir: "auto" }, withoutControls(thought));
  }

  /** One step, and beside it its number, its writers, and the value that was decided by. */
  step(step: ShownStep, index: number): HTMLElement {
    const make = this.#make;
    const text = make("div", { class: "text", dir: "auto" }, ...this.#textOf(step));
    const marks = [endOf(step), verifiedBy(step)].filter((each) => each !== null);
    return make(
      "li",
      { class: `step ${step.route}` },
      make(
        "div",
        { class: "gutter" },
        make("span", { class: "number" }, String(index + 1)),
        make("span", { class: "writers" }, writersOf(step)),
        this.#bar(step),
      ),
      text,
      marks.length === 0 ? null : make("p", { class: "after" }, marks.join("; ")),
    );
  }

  /** The step's highest value, and where it is cut. */
  #bar({ decisions }: ShownStep): Content {
    const scale = this.#scale;
    const values = decisions.flatMap(({ value }) => (value === null ? [] : [value]));
    if (scale === null || values.length === 0) return null;
    const value = Math.max(...values);
    const bar = this.#make("span", {
      class: "bar",
      role: "img",
      "aria-label": `value ${value.toFixed(2)}`,
    });
    bar.style.setProperty("--value", shareOf(value, scale));
    if (scale.tau !== null) bar.style.setProperty("--tau", shareOf(scale.tau, scale));
    return this.#make("span", { class: "value" }, bar, this.#make("span", {}, value.toFixed(2)));
  }

  /** Parts in order; the tokens at which it was decided can be pointed at, and reached by keyboard. */
  #textOf({ text, parts, decisions, route }: ShownStep): readonly Content[] {
    const shown = text.trimEnd();
    const told = parts.length === 0 ? [{ route, from: 0 }] : parts;
    return told.map((part, index) => {
      const end = told[index + 1]?.from ?? shown.length;
      const handedOver = part.route === "large" ? handOverAt(decisions, index, told) : null;
      return this.#make(
        "span",
        { class: `part ${part.route}`, title: part.route },
        handedOver === null ? null : this.#mark(handedOver, "⇥", "handed"),
        ...(part.route === "small"
          ? this.#markedText(shown, part.from, Math.min(end, shown.length), decisions)
          : [withoutControls(shown.slice(part.from, end))]),
      );
    });
  }

  #markedText(
    text: string,
    from: number,
    end: number,
    decisions: readonly ShownDecision[],
  ): readonly Content[] {
    const contents: Content[] = [];
    let at = from;
    for (const decision of [...decisions].sort((a, b) => a.at - b.at)) {
      const token = decision.token ?? "";
      const to = decision.at + token.length;
      const isHere = decision.route === "small" && decision.at >= at && to <= end && token !== "";
      if (!isHere || text.slice(decision.at, to) !== token) continue;
      contents.push(withoutControls(text.slice(at, decision.at)));
      contents.push(this.#mark(decision, withoutControls(token), "kept"));
      at = to;
    }
    contents.push(withoutControls(text.slice(at, end)));
    return contents;
  }

  #mark(decision: ShownDecision, text: string, kind: "kept" | "handed"): HTMLElement {
    const value = decision.value === null ? "no value" : `value ${decision.value.toFixed(2)}`;
    const mark = this.#make("mark", { class: `decision ${kind}`, tabindex: "0" }, text);
    mark.setAttribute("aria-label", `${kind === "handed" ? "handed over" : text}, ${value}`);
    this.#card.belongsTo(mark, decision, this.#scale?.tau ?? null);
    return mark;
  }
}

/** The decision by which large took over at this part: the n-th of large's parts has the n-th hand-over. */
function handOverAt(
  decisions: readonly ShownDecision[],
  index: number,
  parts: ShownStep["parts"],
): ShownDecision | null {
  const before = parts.slice(0, index).filter(({ route }) => route === "large").length;
  return decisions.filter(({ route }) => route === "large")[before] ?? null;
}

/** Colours are not for all eyes: "S", "L", "SL". */
function writersOf({ parts, route }: ShownStep): string {
  const routes = parts.length === 0 ? [route] : parts.map((part) => part.route);
  return routes.map((each) => (each === "large" ? "L" : "S")).join("");
}

function endOf({ end }: ShownStep): string | null {
  return end === "length" ? "cut at a limit" : null;
}

function verifiedBy({ verified }: ShownStep): string | null {
  if (verified === null) return null;
  const value = verified.value === null ? "" : ` at ${verified.value.toFixed(2)}`;
  return `${verified.accepted ? "accepted" : "rejected"} by ${withoutControls(verified.by)}${value}`;
}
