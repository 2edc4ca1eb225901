import { describe, expect, it } from "vitest";
import { CELLS } from "../../scripts/matrix/cells.js";
import type { CellResult } from "../../scripts/matrix/results.js";
import { pageWith } from "../../scripts/matrix/write-page.js";

const EMPTY = `# Compatibility

Words before.

<!-- npm run test:matrix writes from here -->
<!-- to here -->

Words behind.
`;

const RESULT: CellResult = {
  cell: "node22-newest",
  tree: "0123456789ab",
  commit: "7753f1d",
  date: "2026-11-26",
  node: "22.23.3",
  versions: { "@langchain/core": "1.4.0", openai: "7.57.0" },
  passed: 2470,
  failures: ["test/a.test.ts: adds: expected <1> | got 2"],
  passedAlone: ["test/b.test.ts: Hook timed out in 10000ms."],
};

const rowsOf = (page: string) => page.split("\n").filter((line) => line.startsWith("| `"));

describe("the page of the matrix", () => {
  it("says of a cell what was seen, when, and at which commit", () => {
    const page = pageWith(EMPTY, RESULT);
    expect(page).toContain(
      "| `node22-newest` | 22.23.3 | 2026-11-26 | 7753f1d | 2470 | 1 | @langchain/core 1.4.0, openai 7.57.0 |",
    );
    expect(page).toContain("- `node22-newest`: test/a.test.ts: adds: expected  1    got 2\n");
    expect(page).toContain(
      "- `node22-newest`, green when run again alone: test/b.test.ts: Hook timed out in 10000ms.\n",
    );
  });

  it("has a row for every cell, and says which never ran", () => {
    const rows = rowsOf(pageWith(EMPTY, RESULT));
    expect(rows.map((row) => row.split("`")[1])).toEqual(CELLS.map(({ name }) => name));
    expect(rows.filter((row) => row.includes("not run yet"))).toHaveLength(CELLS.length - 1);
  });

  it("keeps the words around the table, and what it says of other cells", () => {
    const before = pageWith(EMPTY, RESULT);
    const page = pageWith(before, { ...RESULT, cell: "node20-lowest", failures: [] });
    expect(page.startsWith("# Compatibility\n\nWords before.\n")).toBe(true);
    expect(page.endsWith("<!-- to here -->\n\nWords behind.\n")).toBe(true);
    const seen = (text: string) =>
      text.split("\n").filter((line) => line.includes("node22-newest"));
    expect(seen(page)).toEqual(seen(before));
  });

  it("writes a cell anew, and nothing twice", () => {
    const red = pageWith(EMPTY, RESULT);
    const green = { ...RESULT, commit: "82c2b26", failures: [], passedAlone: [] };
    expect(pageWith(red, green)).toBe(pageWith(EMPTY, green));
    expect(pageWith(red, green)).not.toContain("What was red");
  });
});
