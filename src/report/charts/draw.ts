import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { withoutControls } from "../../core/without-controls.js";
import { type Html, html, trusted } from "../../page/html.js";

/** Colours are those of page.css, so that a chart is light or dark as its page is. */
export const INK = "var(--ink)";
export const SOFT = "var(--soft)";
export const LINE = "var(--line)";
export const SMALL = "var(--small)";
export const LARGE = "var(--large)";
export const ROUTED = "var(--routed)";

/** Of a chart, in CSS pixels: the same is drawn for a desk and for a phone, where scaled text could not be read. */
export interface ChartWidth {
  readonly name: "wide" | "narrow";
  readonly width: number;
}

const WIDTHS: readonly ChartWidth[] = [
  { name: "wide", width: 760 },
  { name: "narrow", width: 350 },
];

export interface Chart {
  /** For who cannot see it. */
  readonly label: string;
  /** Name of the files that it is saved to. */
  readonly name: string;
  draw(width: ChartWidth): Plot.PlotOptions;
}

/** One drawing for each width; page.css shows one of them. */
export function chartOf({ label, name, draw }: Chart): Html {
  const drawings = WIDTHS.map((width) =>
    trusted(drawn({ ...draw(width), width: width.width, ariaLabel: label }, `chart ${width.name}`)),
  );
  return html`<div class="drawing" data-name="${name}">${drawings}</div>`;
}

/** Plot's own style sheet is not taken along: the page's policy allows none but page.css. */
function drawn(options: Plot.PlotOptions, className: string): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({ ...options, document: document as unknown as Document });
  for (const sheet of Array.from(svg.querySelectorAll("style"))) sheet.remove();
  for (const styled of Array.from(svg.querySelectorAll("[style]"))) styled.removeAttribute("style");
  svg.setAttribute("class", className);
  svg.setAttribute("role", "img");
  return svg.outerHTML;
}

/** Somebody's name as a chart writes it, cut where it would not fit. */
export function chartText(text: string, most = 28): string {
  const harmless = withoutControls(text).replaceAll("\n", " ");
  return harmless.length <= most ? harmless : `${harmless.slice(0, most - 1)}…`;
}
