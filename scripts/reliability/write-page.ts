/**
 * Runs the whole fault matrix, and writes into docs/reliability.md what it came to.
 *
 *     npm run reliability-page                writes it, where every cell came to what is declared
 *     npm run reliability-page -- --check     runs nothing: is the page the declared matrix's?
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runCommand } from "../run-command.js";
import { PAGE, pageWithMatrix } from "./page.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(PAGE, "utf8");
const written = pageWithMatrix(page);
if (process.argv.includes("--check")) {
  if (written !== page) {
    console.error("docs/reliability.md is old. Run `npm run reliability-page`.");
    process.exitCode = 1;
  }
} else {
  await runCommand("npm", ["run", "test:faults"], ROOT);
  await writeFile(PAGE, written);
}
