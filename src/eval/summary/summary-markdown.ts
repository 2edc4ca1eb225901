import { gapWords } from "./gap-words.js";
import type { ArmSummary, Estimate, Summary } from "./summary.js";

/** A summary as a page of Markdown: the verdict, the arms, what was lost of each. */
export function summaryMarkdown(summary: Summary): string {
  const { run, n, clusters, skipped, arms, comparisons, latency, notes, verdict, gap } = summary;
  const left = skipped === 0 ? "" : `; ${skipped} lines of the data were left out`;
  const parts = [
    `# Run ${run}`,
    verdict === null ? "" : `**${verdict.words}**`,
    gap === null ? "" : gapWords(gap, summary.primary.arm),
    `${n} problems in ${clusters} clusters${left}.`,
    tableOf(ARM_HEAD, arms.map(armCells)),
    comparisons.length === 0
      ? ""
      : tableOf(
          ["arm", "against", "difference", "p"],
          comparisons.map(({ arm, against, difference, p }) => [
            arm,
            against,
            within(difference),
            p === null ? "" : p.toPrecision(2),
          ]),
        ),
    latency.length === 0
      ? ""
      : tableOf(
          ["arm", "at once", "time over large's", "throughput over large's"],
          latency.map(({ arm, atOnce, ratio, throughput }) => [
            arm,
            String(atOnce),
            within(ratio),
            throughput === null ? "" : throughput.toFixed(2),
          ]),
        ),
    notes.map((note) => `- ${note}`).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const ARM_HEAD = [
  "arm",
  "right",
  "95 %",
  "cost",
  "money",
  "ms",
  "large's tokens",
  "requests",
  "truncated",
  "unparsed",
  "failed",
];

function armCells(arm: ArmSummary): readonly string[] {
  return [
    arm.replayed ? `${arm.arm} (replayed)` : arm.arm,
    arm.accuracy.toFixed(3),
    `${arm.lo.toFixed(3)} to ${arm.hi.toFixed(3)}`,
    arm.cost === null ? "" : arm.cost.toFixed(2),
    arm.money === null ? "" : arm.money.toPrecision(3),
    arm.ms.toFixed(0),
    arm.largeTokens.toFixed(1),
    arm.requests.toFixed(1),
    String(arm.truncated),
    String(arm.unparsed),
    String(arm.errors),
  ];
}

function within({ value, lo, hi }: Estimate): string {
  return `${value.toFixed(3)} [${lo.toFixed(3)}, ${hi.toFixed(3)}]`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inCell).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A name may hold what ends a cell. */
function inCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
