import { describe, expect, it } from "vitest";
import { verdictOf } from "../../scripts/audit/verdict.js";

const REPORT = {
  auditReportVersion: 2,
  vulnerabilities: {},
  metadata: { vulnerabilities: { total: 0 }, dependencies: { total: 214 } },
};

describe("npm run audit", () => {
  it("is clean where a whole report counts none", () => {
    expect(verdictOf(JSON.stringify(REPORT))).toEqual({
      is: "clean",
      words: "clean: none known in 214 packages",
    });
  });

  it("names what is known", () => {
    const report = {
      ...REPORT,
      vulnerabilities: { leftpad: { severity: "high" } },
      metadata: { ...REPORT.metadata, vulnerabilities: { total: 1 } },
    };
    expect(verdictOf(JSON.stringify(report))).toEqual({
      is: "found",
      words: "found: leftpad (high)",
    });
  });

  it.each([
    [
      "a registry that refuses the question",
      JSON.stringify({ message: "405 Method Not Allowed", statusCode: 405, error: {} }),
      "not run: 405 Method Not Allowed",
    ],
    ["no answer", "", "not run: the registry gave no report"],
    [
      "an answer that is cut",
      JSON.stringify(REPORT).slice(0, -9),
      "not run: the registry gave no report",
    ],
    [
      "an answer without a count",
      JSON.stringify({ ...REPORT, metadata: {} }),
      "not run: the registry gave no report",
    ],
    ["null", "null", "not run: the registry gave no report"],
  ])("is never clean: %s", (_what, printed, words) => {
    expect(verdictOf(printed)).toEqual({ is: "not run", words });
  });
});
