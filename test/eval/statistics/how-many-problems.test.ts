import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { aurocError } from "../../../src/eval/statistics/hanley-mcneil.js";
import {
  designEffect,
  detectableDifference,
  problemsFor,
} from "../../../src/eval/statistics/sample-size.js";

const PAGE = readFileSync(new URL("../../../docs/calibrate.md", import.meta.url), "utf8");
const SHARES = [0.1, 0.15, 0.2, 0.3];

const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
const whole = (n: number) => n.toLocaleString("en-US");

/** The section's two tables, as they must stand on the page. */
const NEEDED = [10, 5, 3, 2].map((points) =>
  row([`${points} points`, ...SHARES.map((share) => whole(problemsFor(points / 100, share)))]),
);
const SEEN = [24, 72, 100, 300, 1000, 3000].map((n) =>
  row([whole(n), ...SHARES.map((share) => (100 * detectableDifference(n, share)).toFixed(1))]),
);

describe('"How many problems do I need?" of docs/calibrate.md', () => {
  const section = PAGE.split("\n## ").find((each) =>
    each.startsWith("How many problems do I need?"),
  );

  it.each([...NEEDED, ...SEEN])("has the line that is computed: %s", (line) => {
    expect(section?.split("\n")).toContain(line);
  });

  it("has the other figures that are computed", () => {
    expect(designEffect(25, 0.1)).toBeCloseTo(3.4, 12);
    expect(section).toContain("1 + 24 x 0.1 = 3.4 times as many: 1,000 count as 294");
    expect(1000 / 3.4).toBeCloseTo(294, 0);
    expect(section).toContain("0.60 from 40 bad steps among 200 is 0.50 to 0.70");
    expect(1.96 * aurocError(0.6, 40, 160)).toBeCloseTo(0.1, 2);
  });
});
