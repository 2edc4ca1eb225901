import { type Html, type HtmlValue, html } from "../../page/html.js";

export interface Column<Row> {
  readonly head: string;
  /** What stands there, for who points at the head. */
  readonly about?: string;
  /** Words are set from the left, numbers from the right. @defaultValue false */
  readonly isText?: boolean;
  cell(row: Row): HtmlValue;
}

/** The first column names the rows. Wide tables scroll inside their frame, also by keyboard. */
export function tableOf<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  classOf: (row: Row) => string = () => "",
): Html {
  const [first, ...others] = columns;
  if (first === undefined) return html``;
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(headCell)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr class="${classOf(row)}"><th scope="row">${first.cell(row)}</th>${others.map(
      (column) => html`<td class="${sideOf(column)}">${column.cell(row)}</td>`,
    )}</tr>
`,
  )}</tbody>
</table></div>`;
}

function headCell<Row>(column: Column<Row>, index: number): Html {
  const side = index === 0 ? "words" : sideOf(column);
  return html`<th scope="col" class="${side}" title="${column.about ?? ""}">${column.head}</th>`;
}

function sideOf<Row>({ isText = false }: Column<Row>): string {
  return isText ? "words" : "number";
}
