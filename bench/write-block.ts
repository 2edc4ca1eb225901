import { readFile, writeFile } from "node:fs/promises";

const DOCS = new URL("../docs/", import.meta.url);

/** Replaces what stands between a bench's two markers in a page of docs/. */
export async function writeBlock(
  name: string,
  markdown: string,
  page = "benchmarks.md",
): Promise<void> {
  const file = new URL(page, DOCS);
  const document = await readFile(file, "utf8");
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end: ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(`docs/${page} has no place for ${name}: add ${begin} and ${end}.`);
  }
  const before = document.slice(0, from + begin.length);
  await writeFile(file, `${before}\n${markdown.trim()}\n${document.slice(to)}`);
}
