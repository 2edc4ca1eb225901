import { gapWords } from "../eval/summary/gap-words.js";
import type { ArmSummary, Summary } from "../eval/summary/summary.js";
import { tableOf } from "./table.js";
import { show, shown, tint, write } from "./terminal.js";

/** Arms, what was lost of each, and the verdict. */
export function paintSummary(summary: Summary, folder: string): void {
  const { arms, verdict, notes, latency, gap, primary } = summary;
  const head = ["arm", "right", "95 %", "cost", "ms", "truncated", "unparsed", "failed"];
  const rows = [head, ...arms.map(cellsOf)].map((row) => row.map((cell) => shown(cell)));
  write(show`\n${tableOf(rows)}\n`);
  if (latency.length > 0) {
    const ratios = [
      ["time over large's", "at once", "ratio", "interval"],
      ...latency.map(({ arm, atOnce, ratio }) => [
        arm,
        String(atOnce),
        ratio.value.toFixed(2),
        `${ratio.lo.toFixed(2)} to ${ratio.hi.toFixed(2)}`,
      ]),
    ];
    write(show`${tableOf(ratios.map((row) => row.map((cell) => shown(cell))))}\n`);
  }
  if (gap !== null) write(show`${gapWords(gap, primary.arm)}\n`);
  for (const note of notes) write(show`${note}\n`);
  if (verdict !== null) write(show`${tint("bold", verdict.words)}\n`);
  write(show`${folder}\n`);
}

function cellsOf(arm: ArmSummary): readonly string[] {
  return [
    arm.arm,
    percent(arm.accuracy),
    `${percent(arm.lo)} to ${percent(arm.hi)}`,
    arm.cost === null ? "" : arm.cost.toFixed(2),
    arm.replayed ? "" : arm.ms.toFixed(0),
    String(arm.truncated),
    String(arm.unparsed),
    String(arm.errors),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
