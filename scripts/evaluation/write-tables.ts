/**
 * Writes what a run of `glimprouter eval` came to between the markers of its name: all of it into docs/evaluation.md, of
 * the tapes the arms that a newcomer asks for into README.md.
 *
 *     npx tsx scripts/evaluation/write-tables.ts tape=runs/tape words=runs/words
 */
import { readFile, writeFile } from "node:fs/promises";
import type { RunFile } from "../../src/eval/records/run-file.js";
import { readRun } from "../../src/eval/run/read-run.js";
import { gapWords } from "../../src/eval/summary/gap-words.js";
import type { ArmSummary, Summary } from "../../src/eval/summary/summary.js";

const PAGE = new URL("../../docs/evaluation.md", import.meta.url);
const README = new URL("../../README.md", import.meta.url);
const IN_README = "tape";
/** In the README's table. */
const SHORT = ["small", "large", "routed", "chord", "once", "first-steps:3"];
const COLUMNS = ["arm", "right, %", "95 %", "cost", "large's tokens", "thrown away", "requests"];

for (const argument of process.argv.slice(2)) {
  const [name = "", folder = ""] = argument.split("=");
  const { run, summary } = await readRun(folder);
  await writeBlock(PAGE, name, wholeTable(run, summary));
  if (name === IN_README) await writeBlock(README, name, shortTable(summary));
}

function shortTable({ arms, verdict, n }: Summary): string {
  const shown = SHORT.flatMap((name) => arms.find(({ arm }) => arm === name) ?? []);
  const rows = shown.map(
    ({ about, accuracy, lo, hi, cost }) =>
      `| ${about} | ${percent(accuracy)} | ${percent(lo)} to ${percent(hi)} | ${cost?.toFixed(2) ?? ""} |`,
  );
  const table = ["| | right, % | 95 % | cost |", "| --- | --: | --: | --: |", ...rows].join("\n");
  return `${n} problems. **${verdict?.words ?? ""}**\n\n${table}`;
}

function wholeTable(run: RunFile, summary: Summary): string {
  const { arms, verdict, gap, n, clusters, notes, primary } = summary;
  const lost = arms.flatMap(({ arm, truncated, unparsed, errors }) =>
    truncated + unparsed + errors === 0
      ? []
      : `${arm}: ${truncated} truncated, ${unparsed} unparsed, ${errors} failed`,
  );
  const header = [`| ${COLUMNS.join(" | ")} |`, `| --- ${"| --: ".repeat(6)}|`];
  return [
    `${run.made.slice(0, 10)}, ${n} problems in ${clusters} clusters, seed ${run.seed}, margin ${100 * primary.margin} points, fixed before.`,
    verdict === null ? "" : `**${verdict.words}**`,
    gap === null ? "" : gapWords(gap, primary.arm),
    [...header, ...arms.map(rowOf)].join("\n"),
    lost.length === 0 ? "No reply was truncated, unparsed or failed." : `${lost.join("; ")}.`,
    notes.map((note) => `- ${note}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function rowOf(arm: ArmSummary): string {
  const cells = [
    `\`${arm.arm}\`${arm.replayed ? " (replayed)" : ""}`,
    percent(arm.accuracy),
    `${percent(arm.lo)} to ${percent(arm.hi)}`,
    arm.cost === null ? "" : arm.cost.toFixed(2),
    arm.largeTokens.toFixed(1),
    arm.discardedTokens.toFixed(1),
    arm.requests.toFixed(1),
  ];
  return `| ${cells.join(" | ")} |`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

async function writeBlock(file: URL, name: string, markdown: string): Promise<void> {
  const page = await readFile(file, "utf8");
  const [begin, end] = [`<!-- run: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file.pathname} has no ${begin} and ${end}.`);
  await writeFile(file, `${page.slice(0, from + begin.length)}\n${markdown}\n${page.slice(to)}`);
}
