import { type Html, type HtmlValue, html } from "../../page/html.js";
import { type Chart, chartOf } from "../charts/draw.js";

/** A part of the page. */
export interface Section {
  /** Of its element, and of the link to it. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export function sectionOf({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

interface Figure {
  readonly title: string;
  /** What one sees, in one sentence or two. */
  readonly says: HtmlValue;
  readonly chart: Chart;
  /** What its marks mean, each with a class of page.css that draws it. */
  readonly key?: readonly (readonly [mark: string, meaning: string])[];
  /** Every chart has its figures as text, too. */
  readonly table: Html;
  /** They are shown at once. @defaultValue false */
  readonly isTableOpen?: boolean;
}

export function figureOf({
  title,
  says,
  chart,
  key = [],
  table,
  isTableOpen = false,
}: Figure): Html {
  return html`<figure>
<figcaption><h3>${title}</h3><p>${says}</p></figcaption>
${chartOf(chart)}
<div class="beside">${key.length === 0 ? null : keyOf(key)}</div>
<details${isTableOpen ? html` open` : null}><summary>The figures</summary>${table}</details>
</figure>
`;
}

function keyOf(key: readonly (readonly [string, string])[]): Html {
  return html`<ul class="key">${key.map(
    ([mark, meaning]) =>
      html`<li><span class="mark ${mark}" aria-hidden="true"></span>${meaning}</li>`,
  )}</ul>`;
}
