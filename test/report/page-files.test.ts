import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { PAGE_FILES, pageFilesModule } from "../../scripts/report/page-files.js";
import { PAGE_SCRIPT, PAGE_STYLE } from "../../src/report/page/page-files.js";

it("page-files.ts holds page.css and main.ts as they are: else run `npm run page-files`", async () => {
  expect(await readFile(PAGE_FILES, "utf8")).toBe(await pageFilesModule());
});

it("neither ends its element, and a browser reads both as they were hashed", () => {
  expect(PAGE_SCRIPT).not.toMatch(/<\/script|<!--|[\r\0]/i);
  expect(PAGE_STYLE).not.toMatch(/<\/style|[\r\0]/i);
});

it("the script makes no markup of text, and asks nobody for anything", () => {
  expect(PAGE_SCRIPT).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(|XMLHttpRequest|WebSocket|import\(/,
  );
});
