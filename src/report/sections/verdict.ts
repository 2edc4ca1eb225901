import type { ArmSummary, Estimate, Summary, Verdict } from "../../eval/summary/summary.js";
import { type Html, html } from "../../page/html.js";
import { amount, bare, counted, interval, percent, points, ratio } from "../figures.js";

/** The first screen: what came out, in words, and the five figures that a hurried reader asks for. */
export function verdictSection(summary: Summary): Html {
  const { verdict } = summary;
  return html`<section id="verdict" aria-labelledby="verdict-title">
<h1 id="verdict-title">${verdict === null ? "No verdict." : headline(verdict)}</h1>
<p class="lead">${verdict === null ? reasonOfNone(summary) : saidBelow(verdict)}</p>
<dl class="glance">${glance(summary)}</dl>
${summary.notes.length === 0 ? null : notesOf(summary.notes)}
</section>
`;
}

function headline({ says, margin }: Verdict): string {
  const worth = `${bare(margin).replace(/\.0$/, "")} points`;
  switch (says) {
    case "gains":
      return "Routing gains.";
    case "gains, less than d":
      return `Routing gains, but less than ${worth}.`;
    case "no gain worth d":
      return `No gain worth ${worth}.`;
    case "undecided":
      return "Undecided.";
  }
}

/** The verdict's sentence, without what the headline has said already ("Undecided: ..."). */
function saidBelow({ words }: Verdict): string {
  return words.slice(words.indexOf(": ") + 1).trim();
}

function reasonOfNone({ arms, primary }: Summary): string {
  const has = (name: string) => arms.some(({ arm }) => arm === name);
  const missing = ["large", "small", primary.arm].filter((name) => !has(name));
  const names = missing.length === 0 ? "the arms that it needs" : missing.join(" and ");
  return `A verdict compares ${primary.arm} with small alone and large alone; this run lacks ${names}.`;
}

function glance(summary: Summary): readonly Html[] {
  const find = (name: string) => summary.arms.find(({ arm }) => arm === name);
  const routed = find(summary.primary.arm);
  const tiles: Html[] = [];
  if (routed !== undefined) {
    tiles.push(
      tile(
        "Right answers",
        percent(routed.accuracy),
        `${interval(routed, bare)}; ${besides(find("large"), find("small"))}`,
      ),
    );
  }
  if (summary.verdict !== null) tiles.push(differenceTile(summary.verdict));
  if (routed !== undefined) {
    tiles.push(tile("Cost", ratio(routed.cost), "of the tokens of large alone"), timeTile(summary));
    tiles.push(tile("Problems", amount(summary.n), repliesWithoutAnswer(routed, summary)));
  }
  return tiles;
}

function tile(name: string, figure: string, about: string): Html {
  return html`<div><dt>${name}</dt><dd><strong>${figure}</strong><span>${about}</span></dd></div>`;
}

function besides(large: ArmSummary | undefined, small: ArmSummary | undefined): string {
  const told = [
    ...(large === undefined ? [] : [`large alone ${bare(large.accuracy)}`]),
    ...(small === undefined ? [] : [`small alone ${bare(small.accuracy)}`]),
  ];
  return told.join(", ");
}

function differenceTile({ difference, lo, hi, null: rival }: Verdict): Html {
  const against =
    rival === "chord" ? "against a coin per question" : "against chance at the same places";
  return tile(
    "Points gained",
    points(difference),
    `${interval({ lo, hi }, points)} ${against}, at equal cost`,
  );
}

function timeTile({ latency, primary }: Summary): Html {
  const timed = latency.find(({ arm }) => arm === primary.arm);
  if (timed === undefined) return tile("Time", "–", "not measured in this run");
  const { value, lo, hi }: Estimate = timed.ratio;
  const at = timed.atOnce === 1 ? "" : `, ${timed.atOnce} at once`;
  return tile("Time", ratio(value), `${interval({ lo, hi }, ratio)} of large's in one call${at}`);
}

/** What counts as wrong without having been answered wrongly. */
function repliesWithoutAnswer(
  { truncated, unparsed, errors, replies }: ArmSummary,
  { n, clusters }: Summary,
): string {
  const kinds = clusters < n ? `in ${counted(clusters, "cluster")}; ` : "";
  const none = truncated + unparsed + errors;
  if (none === 0) return `${kinds}every reply had an answer`;
  return `${kinds}of ${counted(replies, "reply", "replies")} ${amount(truncated)} truncated, ${amount(unparsed)} unparsed, ${amount(errors)} failed`;
}

function notesOf(notes: readonly string[]): Html {
  return html`<aside class="notes" aria-label="What to know about this run"><ul>${notes.map(
    (note) => html`<li>${note}</li>`,
  )}</ul></aside>`;
}
