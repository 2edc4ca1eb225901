import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { PAGE, pageWithMatrix } from "../../scripts/reliability/page.js";

it("docs/reliability.md is the declared matrix's: else run `npm run reliability-page`", async () => {
  const page = await readFile(PAGE, "utf8");
  expect(page).toBe(pageWithMatrix(page));
});

it("writes the same page twice, and keeps the words around the tables", async () => {
  const begin = "Before.\n<!-- npm run reliability-page writes from here -->";
  const end = "<!-- to here -->\nBehind.\n";
  const page = pageWithMatrix(`${begin}\nold\n${end}`);
  expect(page.startsWith(begin)).toBe(true);
  expect(page.endsWith(end)).toBe(true);
  expect(page).not.toContain("\nold\n");
  expect(pageWithMatrix(page)).toBe(page);
  expect(page).toContain(
    "| **401**: the server does not take the key | error `server`, status 401",
  );
});
