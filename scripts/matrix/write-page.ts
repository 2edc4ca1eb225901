import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CELLS, type Cell } from "./cells.js";
import { PAGE, ROOT } from "./checkout.js";
import type { CellResult } from "./results.js";

/** Everything between these two lines of the page is the matrix's. */
const BEGIN = "<!-- npm run test:matrix writes from here -->";
const END = "<!-- to here -->";

/** Puts a cell's result into docs/compatibility.md. */
export async function writePage(result: CellResult): Promise<void> {
  const file = join(ROOT, PAGE);
  await writeFile(file, pageWith(await readFile(file, "utf8"), result));
}

/**
 * The page with one result more. What it says of other cells stays: each was seen at its own commit, and maybe
 * on another machine. Cells that there are no more go.
 */
export function pageWith(page: string, result: CellResult): string {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  const before = page.slice(begin, end).split("\n");
  const linesOf = ({ name }: Cell, start: string) =>
    before.filter((line) => line.startsWith(`${start} \`${name}\``));
  const rows = CELLS.map((cell) =>
    cell.name === result.cell ? rowOf(result) : (linesOf(cell, "|")[0] ?? emptyRowOf(cell)),
  );
  const notes = CELLS.flatMap((cell) =>
    cell.name === result.cell ? notesOf(result) : linesOf(cell, "-"),
  );
  const table = [
    "| cell | Node | seen | at commit | passed | failed | peers |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ];
  const told = notes.length === 0 ? [] : ["", "What was red:", "", ...notes];
  return page.slice(0, begin) + ["", "", ...table, ...told, "", ""].join("\n") + page.slice(end);
}

function rowOf({ cell, node, date, commit, passed, failures, versions }: CellResult): string {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const columns = [`\`${cell}\``, node, date, commit, passed, failures.length, peers.join(", ")];
  return `| ${columns.join(" | ")} |`;
}

function emptyRowOf({ name, node }: Cell): string {
  return `| \`${name}\` | ${node} | not run yet | | | | |`;
}

function notesOf({ cell, failures, passedAlone }: CellResult): string[] {
  return [
    ...failures.map((failure) => `- \`${cell}\`: ${plain(failure)}`),
    ...passedAlone.map((failure) => `- \`${cell}\`, green when run again alone: ${plain(failure)}`),
  ];
}

/** One line that neither a table nor a list takes for its own. */
function plain(text: string): string {
  return text.replace(/[|<>]/g, " ").slice(0, 200);
}
