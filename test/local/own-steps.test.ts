import { afterAll, beforeAll, expect, it } from "vitest";
import { judgeOwnSteps, rejectedShare } from "../../src/doctor/judge-own-steps.js";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { report } from "../e2e/real-servers/report.js";
import { TAPE } from "./embedded-models.js";

let pair: EmbeddedPair;
beforeAll(async () => {
  pair = await embeddedPair();
});
afterAll(() => pair.dispose());

const QUESTIONS = [TAPE, "35, -3, +1, %7", "88, -20, %7, +30"];

/** What it says behind a rating line means nothing: only that a likelihood finds its own words likely is sure. */
it.each([
  ["score", 0.5],
  ["self", 0.5],
  ["likelihood", 0.5],
] as const)(
  "by %s: the share of large's own steps that threshold %d rejects, printed",
  async (by, threshold) => {
    const judged = await judgeOwnSteps({ ...pair, by, questions: QUESTIONS });
    const share = rejectedShare(judged, threshold);
    report(`the embedded pair's large judged by ${by}`, {
      steps: judged.values.length,
      "not judged": judged.failed.length,
      [`rejected at ${threshold}`]: `${(100 * share).toFixed(0)} %`,
    });
    expect(judged.values.length + judged.failed.length).toBeGreaterThan(8);
    if (by === "likelihood") expect(share).toBe(0);
  },
);
