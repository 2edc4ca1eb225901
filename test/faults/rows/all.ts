import { CELLS, type Cell, CHAT_CELLS } from "../cell.js";
import type { Fault } from "../fault.js";
import { outcomeOf } from "../outcome.js";
import { FORMS } from "./forms.js";
import { OPENINGS } from "./openings.js";
import { STREAMS } from "./streams.js";

/** Every row. */
export const FAULTS: readonly Fault[] = [...OPENINGS, ...STREAMS, ...FORMS];

/** The cells of a row that can be. */
export function cellsOf(fault: Fault): readonly Cell[] {
  const cells = fault.inChat === undefined ? CELLS : [...CELLS, ...CHAT_CELLS];
  return cells.filter(
    (cell) =>
      !(fault.harmless === true && cell.spell !== "once") &&
      outcomeOf(fault, cell).is !== "impossible",
  );
}
