import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The pages that there are: folders with a page.css and a main.ts. */
export const PAGES = ["src/report/page", "src/serve/page"] as const;
export type Page = (typeof PAGES)[number];

/** The module that holds a page's style and script as text. */
export function pageFiles(page: Page): string {
  return `${ROOT}${page}/page-files.ts`;
}

/** What that module should hold: page.css, and main.ts with all that it imports: a line of theirs a line, so that a change can be read. */
export async function pageFilesModule(page: Page): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "glimprouter-page-"));
  const source = `${ROOT}${page}`;
  try {
    await build({
      config: false,
      entry: { script: `${source}/main.ts`, style: `${source}/page.css` },
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
