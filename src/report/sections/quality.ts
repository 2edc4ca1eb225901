import type { ArmSummary, Comparison, Summary } from "../../eval/summary/summary.js";
import { type Html, html } from "../../page/html.js";
import { isChance } from "../chance.js";
import { qualityOverCost } from "../charts/quality-over-cost.js";
import { amount, bare, duration, interval, money, percent, points, ratio } from "../figures.js";
import { gapOf } from "./gap.js";
import { figureOf, type Section } from "./section.js";
import { type Column, tableOf } from "./table.js";

const KEY = [
  ["dot-routed", "the arm that is compared"],
  ["dot-large", "large alone"],
  ["dot-small", "small alone"],
  ["dot-other", "other arms; hollow: replayed, without a request of their own"],
  ["dash", "chord: a coin tossed per question between small and large"],
  ["band", "how sure the chord's height is there"],
  ["thin", "hand-overs by chance at the same kind of place"],
  ["bar-key", "interval"],
] as const;

/** @param isTimed - its times are of replies that had the machine to themselves, or as many others as was asked for */
export function qualitySection(summary: Summary, isTimed: boolean): Section {
  const chart = qualityOverCost(summary);
  const table = armsTable(summary, isTimed);
  const body =
    chart === null
      ? html`<p>Cost is counted in large-alone's tokens: without the arm <code>large</code> there is no chart of it.</p>${table}`
      : figureOf({
          title: "Right answers over cost",
          says: `Higher is better, further left is cheaper. What stands on the dashed line or below it is no better than tossing a coin for each question.`,
          chart,
          key: KEY,
          table,
          isTableOpen: true,
        });
  const gap = summary.gap === null ? null : gapOf(summary.gap, summary.primary.arm);
  return {
    id: "quality",
    title: "Quality and cost",
    body: html`${body}${gap}${comparisonsOf(summary.comparisons)}`,
  };
}

function armsTable({ arms, primary }: Summary, isTimed: boolean): Html {
  const isPriced = arms.some((arm) => arm.money !== null);
  const columns = [
    ...FIRST,
    ...(isPriced ? [MONEY] : []),
    ...TOKENS,
    ...(isTimed ? TIMES : []),
    ...LAST,
  ];
  const shown = [
    ...arms.filter(({ arm }) => !isChance(arm)),
    ...arms.filter(({ arm }) => isChance(arm)),
  ];
  return tableOf("Arms", columns, shown, ({ arm }) => (arm === primary.arm ? "primary" : ""));
}

const FIRST: readonly Column<ArmSummary>[] = [
  {
    head: "arm",
    cell: ({ arm, about, replayed }) =>
      html`<bdi>${arm}</bdi>${isChance(arm) ? null : html`<small>${about}${replayed ? " (replayed)" : ""}</small>`}`,
  },
  { head: "right, %", cell: ({ accuracy }) => bare(accuracy) },
  { head: "interval", cell: (arm) => interval(arm, bare) },
  {
    head: "cost",
    about: "Large's generated tokens a problem over those of large alone",
    cell: ({ cost }) => ratio(cost),
  },
];

const MONEY: Column<ArmSummary> = {
  head: "money",
  about: "A problem, in the unit of the prices",
  cell: (arm) => money(arm.money),
};

const TOKENS: readonly Column<ArmSummary>[] = [
  {
    head: "steps by large",
    about: "Mean intervention rate",
    cell: ({ interventionRate }) => percent(interventionRate, 0),
  },
  { head: "large's tokens", about: "A problem", cell: ({ largeTokens }) => amount(largeTokens) },
  { head: "small's tokens", about: "A problem", cell: ({ smallTokens }) => amount(smallTokens) },
  {
    head: "thrown away",
    about: "Tokens a problem that a hand-over threw away",
    cell: ({ discardedTokens }) => amount(discardedTokens),
  },
];

const TIMES: readonly Column<ArmSummary>[] = [
  { head: "time, p50", about: "Of a reply", cell: ({ p50 }) => duration(p50) },
  { head: "p95", about: "Of a reply", cell: ({ p95 }) => duration(p95) },
];

const LAST: readonly Column<ArmSummary>[] = [
  { head: "truncated", cell: ({ truncated }) => amount(truncated) },
  { head: "unparsed", cell: ({ unparsed }) => amount(unparsed) },
  { head: "failed", cell: ({ errors }) => amount(errors) },
];

/** A p value is one number for many eyes: the intervals come first. */
function comparisonsOf(comparisons: readonly Comparison[]): Html {
  if (comparisons.length === 0) return html``;
  const columns = comparisons.some(({ p }) => p !== null) ? [...COMPARED, P] : COMPARED;
  return html`<h3>Pairs of arms on the same problems</h3>${tableOf("Pairs of arms", columns, comparisons)}`;
}

const COMPARED: readonly Column<Comparison>[] = [
  { head: "arm", cell: ({ arm }) => html`<bdi>${arm}</bdi>` },
  { head: "against", isText: true, cell: ({ against }) => html`<bdi>${against}</bdi>` },
  { head: "difference, points", cell: ({ difference }) => points(difference.value) },
  { head: "interval", cell: ({ difference }) => interval(difference, points) },
];

const P: Column<Comparison> = {
  head: "p",
  about: "McNemar's exact test",
  cell: ({ p }) => (p === null ? "–" : p < 0.001 ? "< .001" : p.toFixed(3).replace(/^0/, "")),
};
