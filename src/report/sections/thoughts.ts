import { type Html, html, jsonForScript } from "../../page/html.js";
import { counted } from "../figures.js";
import type { ReaderData } from "../thoughts/reader-data.js";
import type { Section } from "./section.js";

/** The id by which the page's script finds what it shows. */
const READER_DATA_ID = "reader-data";

/** Where the page's script puts the reader; without script, what is missing is said. */
export function thoughtsSection(data: ReaderData, notes: readonly string[]): Section {
  const said = notes.map((note): Html => html` ${note}`);
  const body =
    data.problems.length === 0
      ? html`<p>No thought is in this file.${said}</p>`
      : html`<p>${counted(data.problems.length, "problem")}, those first on which routed and large disagree. Each part of a thought is tinted by its writer: <span class="part small">small</span> or <span class="part large">large</span>.${said}</p>
<div id="reader"><p class="quiet">This part needs JavaScript; all others do without.</p></div>
<script type="application/json" id="${READER_DATA_ID}">${jsonForScript(data)}</script>`;
  return { id: "thoughts", title: "Single thoughts", body };
}
