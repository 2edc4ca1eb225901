import { CELLS, type Cell, CHAT_CELLS, MOMENTS, type Moment } from "../../test/faults/cell.js";
import type { Fault } from "../../test/faults/fault.js";
import { type Outcome, outcomeOf } from "../../test/faults/outcome.js";

const MOMENT_WORDS: Readonly<Record<Moment, string>> = {
  rendering: "while the prompt is rendered",
  "first token": "at the first token",
  "mid step": "in mid-step",
  boundary: "at a boundary",
  answer: "in the answer",
};

/** What all cells of a spell came to, the most frequent first. */
export function outcomesInWords(fault: Fault, spell: Cell["spell"]): string {
  const groups = new Map<string, Cell[]>();
  for (const cell of CELLS) {
    if (cell.spell !== spell || cell.call !== "invoke") continue;
    const words = inWords(fault, cell, outcomeOf(fault, cell));
    if (words !== null) groups.set(words, [...(groups.get(words) ?? []), cell]);
  }
  const sorted = [...groups].sort(([, one], [, other]) => other.length - one.length);
  const possible = sorted.flatMap(([, cells]) => cells);
  return sorted
    .map(([words, cells], index) =>
      index === 0 ? words : `${placesOf(cells, possible)}: ${words}`,
    )
    .join("; ");
}

/** The same of answers in chat, whatever they are asked for. */
export function chatInWords(fault: Fault, { begun, spell }: Pick<Cell, "begun" | "spell">): string {
  const cells = CHAT_CELLS.filter((cell) => cell.begun === begun && cell.spell === spell);
  const words = cells.map((cell) => inWords(fault, cell, outcomeOf(fault, cell)) ?? "cannot be");
  return [...new Set(words)].join("; ");
}

/** `null`: it cannot be. */
function inWords(fault: Fault, cell: Cell, outcome: Outcome): string | null {
  if (outcome.is === "impossible") return null;
  if (outcome.is === "error") {
    const status = outcome.status === undefined ? "" : `, status ${outcome.status}`;
    return `error \`${outcome.reason}\`${status}, with the thought`;
  }
  if (outcome.is === "degraded") return `left to the other model (\`${outcome.reason}\`), right`;
  if (outcome.retry !== undefined) {
    const how = cell.answer === "text" ? "gone on with" : "asked again";
    return `${how} (\`${outcome.retry}\`), right`;
  }
  const isOpened = fault.way === "opening" || fault.way === "address";
  const isRendered = cell.moment === "rendering" && fault.harmless !== true;
  return isOpened || isRendered || outcome.more !== undefined ? "asked again, right" : "right";
}

/** Where a part of the cells is, in words; a model or a way is named where the other one is not among them. */
function placesOf(cells: readonly Cell[], all: readonly Cell[]): string {
  return MOMENTS.flatMap((moment) => {
    const here = cells.filter((cell) => cell.moment === moment);
    if (here.length === 0) return [];
    const there = all.filter((cell) => cell.moment === moment);
    if (here.length === there.length) return [MOMENT_WORDS[moment]];
    const which = here.map(({ role, glimpse }) => `${role}, \`${glimpse}\``);
    return [`${MOMENT_WORDS[moment]} (${[...new Set(which)].join("; ")})`];
  }).join(", ");
}

/** Which cells cannot be, and why. */
export function impossibleInWords(fault: Fault): readonly string[] {
  const reasons = new Map<string, Set<string>>();
  for (const cell of CELLS) {
    const outcome = outcomeOf(fault, cell);
    if (outcome.is !== "impossible") continue;
    reasons.set(outcome.why, (reasons.get(outcome.why) ?? new Set()).add(cell.moment));
  }
  return [...reasons.keys()];
}
