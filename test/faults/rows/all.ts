import { CELLS, type Cell } from "../cell.js";
import type { Fault } from "../fault.js";
import { outcomeOf } from "../outcome.js";
import { FORMS } from "./forms.js";
import { OPENINGS } from "./openings.js";
import { STREAMS } from "./streams.js";

/** Every row. */
export const FAULTS: readonly Fault[] = [...OPENINGS, ...STREAMS, ...FORMS];

/** The cells of a row that can be. */
export function cellsOf({ harmless, outcomes }: Fault): readonly Cell[] {
  return CELLS.filter(
    (cell) =>
      !(harmless === true && cell.spell !== "once") &&
      outcomeOf(outcomes, cell).is !== "impossible",
  );
}
