/**
 * `npm run test:matrix`: the suite on each Node with each set of peers; docs/compatibility.md says what was seen.
 *
 *   npm run test:matrix                        every cell that was not seen with this tree
 *   npm run test:matrix -- --only node22       the cells whose names begin so; several with commas
 *   npm run test:matrix -- --smoke 22          a few files in this checkout with another Node; writes nothing
 */
import { parseArgs } from "node:util";
import { type Cell, cellsNamed } from "./cells.js";
import { commitOfCheckout, treeHash } from "./checkout.js";
import { nodeBinary } from "./node-binary.js";
import { preparePlace, versionsIn } from "./place.js";
import { type CellResult, lastResult, saveResult } from "./results.js";
import { runPnpm } from "./run-pnpm.js";
import { runSuite } from "./run-suite.js";
import { runSmoke } from "./smoke.js";
import { writePage } from "./write-page.js";

const { values } = parseArgs({
  options: { only: { type: "string" }, smoke: { type: "string" } },
});

if (values.smoke === undefined) await runMatrix(values.only?.split(",") ?? []);
else await runSmoke(Number(values.smoke));

async function runMatrix(only: readonly string[]): Promise<void> {
  const tree = await treeHash();
  for (const cell of cellsNamed(only)) {
    const before = await lastResult(cell);
    const result = before?.tree === tree ? before : await seen(cell, tree);
    const { passed, failures, passedAlone } = result;
    console.log(`${cell.name}: ${passed} passed, ${failures.length} failed`);
    for (const failure of failures) console.log(`  ${failure}`);
    for (const failure of passedAlone) console.log(`  green when run again alone: ${failure}`);
    if (failures.length > 0) process.exitCode = 1;
    await writePage(result);
  }
}

async function seen(cell: Cell, tree: string): Promise<CellResult> {
  const node = await nodeBinary(cell.node);
  const commit = await commitOfCheckout();
  const shown = cell.runs === "pnpm" ? await runPnpm(node) : await runCopy(cell);
  const date = new Date().toISOString().slice(0, 10);
  const result = { cell: cell.name, tree, commit, date, node: node.version, ...shown };
  await saveResult(result);
  return result;
}

async function runCopy(cell: Cell) {
  const node = await nodeBinary(cell.node);
  const place = await preparePlace(cell, node);
  return { versions: await versionsIn(place), ...(await runSuite(place, node)) };
}
