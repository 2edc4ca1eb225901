import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CELLS, type Cell } from "./cells.js";
import { PAGE, ROOT } from "./checkout.js";
import { type CellResult, lastResult } from "./results.js";

/** Everything between these two lines of the page is the matrix's. */
const BEGIN = "<!-- npm run test:matrix writes from here -->";
const END = "<!-- to here -->";

/** Puts the last result of every cell into docs/compatibility.md. */
export async function writePage(tree: string): Promise<void> {
  const file = join(ROOT, PAGE);
  const page = await readFile(file, "utf8");
  const rows: string[] = [];
  const notes: string[] = [];
  for (const cell of CELLS) {
    const result = await lastResult(cell);
    rows.push(rowOf(cell, result, tree));
    for (const failure of result?.failures ?? [])
      notes.push(`- \`${cell.name}\`: ${plain(failure)}`);
  }
  const table = [
    "| cell | Node | seen | passed | failed | peers |",
    "|---|---|---|---|---|---|",
    ...rows,
  ];
  const failed = notes.length === 0 ? [] : ["", "What failed:", "", ...notes];
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const written = ["", "", ...table, ...failed, "", ""].join("\n");
  await writeFile(file, page.slice(0, begin) + written + page.slice(page.indexOf(END)));
}

function rowOf(cell: Cell, result: CellResult | null, tree: string): string {
  if (result === null) return `| \`${cell.name}\` | ${cell.node} | not run yet | | | |`;
  const { node, date, passed, failures, versions } = result;
  const seen = result.tree === tree ? date : `${date}, an earlier tree`;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `| \`${cell.name}\` | ${node} | ${seen} | ${passed} | ${failures.length} | ${peers.join(", ")} |`;
}

/** One line that neither a table nor a list takes for its own. */
function plain(text: string): string {
  return text.replace(/[|<>]/g, " ").slice(0, 200);
}
