import { readFile, writeFile } from "node:fs/promises";

const FILE = new URL("../docs/benchmarks.md", import.meta.url);

/** Replaces what stands between a bench's two markers in docs/benchmarks.md. */
export async function writeBlock(name: string, markdown: string): Promise<void> {
  const document = await readFile(FILE, "utf8");
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end: ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(`docs/benchmarks.md has no place for ${name}: add ${begin} and ${end}.`);
  }
  const before = document.slice(0, from + begin.length);
  await writeFile(FILE, `${before}\n${markdown.trim()}\n${document.slice(to)}`);
}
