import { expect, it } from "vitest";
import { signalOfRun } from "../../src/report/signal-of-run.js";
import { madeRun } from "./made-run.js";

const SETTINGS = { point: "stepEnd:maxEntropy", direction: "below", threshold: 0.3 };

it("the arm as it was set up tells threshold and unit; else its calibration; else nobody", async () => {
  const { run } = await madeRun(2);
  const withSettings = (settings: (typeof run.arms)[number]["settings"]) => ({
    ...run,
    arms: run.arms.map((each) => (each.arm === "routed" ? { ...each, settings } : each)),
  });
  expect(signalOfRun(withSettings(SETTINGS))).toMatchObject({
    tau: 0.3,
    direction: "below",
    unit: "nats",
    calibration: { id: "c-made" },
  });
  expect(signalOfRun(run)).toMatchObject({ tau: 1, direction: "above", unit: "nats" });
  expect(signalOfRun({ ...run, calibration: null })).toEqual({
    calibration: null,
    tau: null,
    direction: "above",
    unit: "",
  });
  const own = withSettings({ ...SETTINGS, point: "my own" });
  expect(signalOfRun(own)).toMatchObject({ tau: 0.3, unit: "" });
});
