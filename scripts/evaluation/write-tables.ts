/**
 * Writes what runs of `glimprouter eval` came to into docs/evaluation.md, each between the markers of its name.
 *
 *     npx tsx scripts/evaluation/write-tables.ts tape=runs/tape words=runs/words
 */
import { readFile, writeFile } from "node:fs/promises";
import { readRun } from "../../src/eval/run/read-run.js";
import { gapWords } from "../../src/eval/summary/gap-words.js";
import type { ArmSummary } from "../../src/eval/summary/summary.js";

const PAGE = new URL("../../docs/evaluation.md", import.meta.url);
const COLUMNS = ["arm", "right, %", "95 %", "cost", "large's tokens", "thrown away", "requests"];

for (const argument of process.argv.slice(2)) {
  const [name = "", folder = ""] = argument.split("=");
  await writeBlock(name, await tableOf(folder));
}

async function tableOf(folder: string): Promise<string> {
  const { run, summary } = await readRun(folder);
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
    (100 * arm.accuracy).toFixed(1),
    `${(100 * arm.lo).toFixed(1)} to ${(100 * arm.hi).toFixed(1)}`,
    arm.cost === null ? "" : arm.cost.toFixed(2),
    arm.largeTokens.toFixed(1),
    arm.discardedTokens.toFixed(1),
    arm.requests.toFixed(1),
  ];
  return `| ${cells.join(" | ")} |`;
}

async function writeBlock(name: string, markdown: string): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  const [begin, end] = [`<!-- run: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/evaluation.md has no ${begin} and ${end}.`);
  await writeFile(PAGE, `${page.slice(0, from + begin.length)}\n${markdown}\n${page.slice(to)}`);
}
