import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = `${ROOT}src/report/page`;

/** The module that holds the report's style and script as text. */
export const PAGE_FILES = `${PAGE}/page-files.ts`;

/** What that module should hold: page.css, and main.ts with all that it imports: a line of theirs a line, so that a change can be read. */
export async function pageFilesModule(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "glimprouter-page-"));
  try {
    await build({
      config: false,
      entry: { script: `${PAGE}/main.ts`, style: `${PAGE}/page.css` },
      outDir: out,
      outExtension: () => ({ js: ".js" }),
      format: "iife",
      platform: "browser",
      target: "es2022",
      silent: true,
    });
    const script = (await readFile(join(out, "script.js"), "utf8")).trim();
    const style = (await readFile(join(out, "style.css"), "utf8")).trim();
    return [
      "// Made of page.css and main.ts by `npm run page-files`: change those.",
      `export const PAGE_STYLE = ${linesOf(style)};`,
      "",
      `export const PAGE_SCRIPT = ${linesOf(script)};`,
      "",
    ].join("\n");
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function linesOf(text: string): string {
  const lines = text.split("\n").map((line) => `  ${JSON.stringify(line)},`);
  return ["[", ...lines, '].join("\\n")'].join("\n");
}
