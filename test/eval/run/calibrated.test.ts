import { describe, expect, it } from "vitest";
import type { Calibration } from "../../../src/index.js";
import { calibrationOf } from "../../langchain/calibration/a-calibration.js";
import { plannedPair, plannedProblems } from "../planned-pair.js";
import { run } from "./run-planned.js";

/** A calibration of two planned models. */
async function calibrated(
  pair: ReturnType<typeof plannedPair>,
  fields: Partial<Calibration> = {},
): Promise<Calibration> {
  const about = { name: "planned", server: "planned", version: null, fingerprint: null };
  return calibrationOf(pair as never, { small: about, large: about, ...fields });
}

describe("a calibration", () => {
  it("gives the routed arm its point and threshold, chance its rates, further ones their own arms", async () => {
    const pair = plannedPair();
    const first = await calibrated(pair, { point: "stepStart", threshold: 1.5 });
    const second = await calibrated(pair, { point: "firstTokens:2", threshold: 0.5 });
    const records = await run({
      ...pair,
      problems: plannedProblems(2),
      calibration: [first, second],
      arms: ["routed", "random"],
    });
    const arms = [...new Set(records.map(({ arm }) => arm))];
    expect(arms.slice(0, 2)).toEqual(["routed", "routed@firstTokens:2"]);
    const rates = new Set(arms.slice(2).map((arm) => arm.split(":")[1]));
    expect([...rates]).toEqual(["0.167", "0.333", "0.667"]);
    const points = (arm: string) =>
      new Set(
        records
          .filter((record) => record.arm === arm)
          .flatMap(({ steps }) =>
            steps.flatMap(({ decisions }) => decisions.map(({ point }) => point)),
          ),
      );
    expect([...points("routed")]).toEqual(["stepStart"]);
    expect([...points("routed@firstTokens:2")]).toEqual(["firstTokens:2"]);
  });

  it("of another pair is refused, before the first reply", async () => {
    const pair = plannedPair();
    const calibration = await calibrated(pair);
    const canaries = calibration.canaries.map((each) => ({ ...each, small: each.small + 0.5 }));
    const other = { ...calibration, canaries };
    const evaluated = run({ ...pair, calibration: other, arms: ["routed"] });
    await expect(evaluated).rejects.toThrow(/The calibration "cal-1" is not of this pair/);
  });

  it("stands beside no threshold, and beside no other set-up", async () => {
    const pair = plannedPair();
    const calibration = await calibrated(pair);
    await expect(run({ ...pair, calibration, threshold: 1 })).rejects.toThrow(
      "Option `threshold` of evaluate cannot be 1. A calibration says it, too",
    );
    const twice = [calibration, calibration, calibration];
    await expect(run({ ...pair, calibration: twice })).rejects.toThrow(
      'Option `calibration` of evaluate cannot be "firstTokens:2". Two further ones',
    );
    await expect(run({ ...pair, calibration, router: { topLogprobs: 10 } })).rejects.toThrow(
      "topLogprobs",
    );
  });
});
