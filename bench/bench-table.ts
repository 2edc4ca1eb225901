import Table from "cli-table3";

/** A result to print: the same rows on the terminal and in docs/benchmarks.md. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that was promised, and what it came to. */
export interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

export function targetTable(targets: readonly Target[]): BenchTable {
  return {
    title: "Targets",
    columns: ["", "target", "measured", "met"],
    rows: targets.map(({ what, target, measured, met }) => [
      what,
      target,
      measured,
      met ? "yes" : "NO",
    ]),
  };
}

/** For the terminal. */
export function boxOf({ title, columns, rows }: BenchTable): string {
  const table = new Table({
    head: [...columns],
    colAligns: columns.map((_, index) => (index === 0 ? "left" : "right")),
    style: { head: [], border: [] },
  });
  table.push(...rows.map((cells) => [...cells]));
  return `${title}\n${table.toString()}\n`;
}

/** For docs/benchmarks.md. */
export function markdownOf({ title, columns, rows }: BenchTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `**${title}**`,
    "",
    line(columns),
    line(columns.map((_, index) => (index === 0 ? "---" : "--:"))),
    ...rows.map(line),
    "",
  ].join("\n");
}
