import type { Estimate, Reached, RecoveredGap } from "../../eval/summary/summary.js";
import { type Html, html } from "../../page/html.js";
import { bare, interval, percent, ratio } from "../figures.js";
import { tableOf } from "./table.js";

interface Row {
  readonly what: string;
  readonly routed: string;
  readonly chance: string;
}

/** How far the way from small alone to large alone was gone; nothing where there is no such way. */
export function gapOf({ gap, recovered, average, reached }: RecoveredGap, primary: string): Html {
  const way = `Large alone is right ${bare(gap.value)} points ${interval(gap, bare)} more often than small alone`;
  if (recovered === null) {
    return html`<h3>The gap that is closed</h3><p>${way}: what share of that is closed cannot be told, it may be nothing.</p>`;
  }
  const rows: readonly Row[] = [
    ...(average === null
      ? []
      : [
          {
            what: "share closed, mean over all costs (a coin per question: 50 %)",
            routed: shareOf(average.routed),
            chance: average.chance === null ? "–" : shareOf(average.chance),
          },
        ]),
    ...reached.map(({ share, routed, chance }) => ({
      what: `cost of closing ${percent(share, 0)}`,
      routed: costOf(routed),
      chance: chance === null ? "–" : costOf(chance),
    })),
  ];
  return html`<h3>The gap that is closed</h3>
<p>${way}; ${primary} closes ${shareOf(recovered)} of that.</p>
${tableOf(
  "The gap that is closed",
  [
    { head: "", cell: ({ what }) => what },
    { head: "routed", cell: ({ routed }) => routed },
    { head: "by chance", cell: ({ chance }) => chance },
  ],
  rows,
)}`;
}

function shareOf(estimate: Estimate): string {
  return `${percent(estimate.value, 0)} ${interval(estimate, (share) => (100 * share).toFixed(0))}`;
}

function costOf({ cost, lo, hi }: Reached): string {
  if (cost === null) return "not reached";
  const end = (value: number | null) => (value === null ? "never" : ratio(value));
  return `${ratio(cost)} [${end(lo)}, ${end(hi)}]`;
}
