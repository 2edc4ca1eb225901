import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { PAGES, pageFiles, pageFilesModule } from "../../scripts/pages/page-files.js";
import * as report from "../../src/report/page/page-files.js";
import * as served from "../../src/serve/page/page-files.js";

const FILES = { "src/report/page": report, "src/serve/page": served };

describe.each(PAGES)("%s", (page) => {
  const { PAGE_SCRIPT, PAGE_STYLE } = FILES[page];

  it("page-files.ts holds page.css and main.ts as they are: else run `npm run page-files`", async () => {
    expect(await readFile(pageFiles(page), "utf8")).toBe(await pageFilesModule(page));
  });

  it("neither ends its element, and a browser reads both as they were hashed", () => {
    expect(PAGE_SCRIPT).not.toMatch(/<\/script|<!--|[\r\0]/i);
    expect(PAGE_STYLE).not.toMatch(/<\/style|[\r\0]/i);
  });

  it("the script makes no markup of text, and keeps nothing", () => {
    expect(PAGE_SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|XMLHttpRequest|WebSocket|import\(|localStorage|sessionStorage|indexedDB|cookie/,
    );
  });
});

it("the report's script asks nobody for anything, the served page's one thing", () => {
  expect(report.PAGE_SCRIPT).not.toMatch(/fetch\(/);
  expect(served.PAGE_SCRIPT.match(/fetch\([^,]*/g)).toEqual(['fetch("v1/chat/completions"']);
});
