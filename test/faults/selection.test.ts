import { describeMatrix } from "./describe-matrix.js";

/** Of each row. */
const CELLS = 2;

// The whole of it: `npm run test:faults`. Each row begins elsewhere, so that every model, moment and way comes in many.
describeMatrix("a selection of the fault matrix", (cells, _fault, row) =>
  Array.from({ length: CELLS }, (_, index) => {
    const at = row * 7 + Math.floor((index * cells.length) / CELLS) + index;
    return cells[at % cells.length];
  }).filter((cell) => cell !== undefined),
);
