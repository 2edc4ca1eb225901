import Table from "cli-table3";
import { layOut, type Shown } from "./terminal.js";

const STYLE = { head: [], border: [], compact: true };

/** A table as wide as its longest texts; the first row is its head, the first column is of names. */
export function tableOf(rows: readonly (readonly Shown[])[]): Shown {
  const length = rows[0]?.length ?? 0;
  return layOut(rows.flat(), (texts) => {
    const table = new Table({
      colAligns: Array.from({ length }, (_, column) => (column === 0 ? "left" : "right")),
      head: texts.slice(0, length),
      style: STYLE,
    });
    for (let at = length; at < texts.length; at += length) table.push(texts.slice(at, at + length));
    return table.toString();
  });
}

/** The lines of a table that is written while its rows are still to come. */
export interface GrowingTable {
  readonly top: Shown;
  row(cells: readonly Shown[]): Shown;
  readonly bottom: Shown;
}

/** @param widths - of the columns, in characters, blanks included; longer texts take several lines */
export function growingTable(widths: readonly number[]): GrowingTable {
  const draw = (cells: readonly Shown[], first: number, last?: number): Shown =>
    layOut(cells, (texts) => {
      const table = new Table({ colWidths: [...widths], wordWrap: true, style: STYLE });
      table.push(texts.length === 0 ? widths.map(() => "") : [...texts]);
      return table.toString().split("\n").slice(first, last).join("\n");
    });
  return { top: draw([], 0, 1), row: (cells) => draw(cells, 1, -1), bottom: draw([], -1) };
}
