import { describe, expect, it } from "vitest";
import {
  above,
  always,
  GlimpRouterError,
  type GlimpRouterFields,
  stepStart,
} from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { scriptedRouter } from "../scripted-pair.js";
import { CALIBRATION } from "./a-calibration.js";

const UNSEEN = { verifyCalibration: false } as const;

function refused(fields: Partial<GlimpRouterFields>): string {
  try {
    scriptedRouter({}, fields);
  } catch (error) {
    if (GlimpRouterError.isInstance(error) && error.reason === "invalid_option")
      return error.message;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("a calibration as threshold", () => {
  it("sets point, tau and verification", async () => {
    const { router } = scriptedRouter({}, { threshold: CALIBRATION, ...UNSEEN });
    const record = recordOf(await router.invoke("2+2?"));
    expect(record.threshold).toBe(0.5);
    expect(record.steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
    expect(record.steps[1]?.decisions).toMatchObject([{ point: "firstTokens:2", route: "large" }]);
    const described = router.invocationParams();
    expect(described).toMatchObject({
      calibration: "cal-1",
      glimpseAt: "firstTokens:2",
      threshold: 0.5,
    });
    expect(described).not.toHaveProperty("calibrated");
  });

  it("routes below tau where it says so", async () => {
    const threshold = { ...CALIBRATION, direction: "below" as const };
    const { router } = scriptedRouter({}, { threshold, ...UNSEEN });
    const { steps } = recordOf(await router.invoke("2+2?"));
    expect(steps.map(({ route }) => route)).toEqual(["large", "small", "large"]);
  });

  it("brings a verification", async () => {
    const verify = { by: "self", threshold: 1, when: "always" } as const;
    const { router } = scriptedRouter({}, { threshold: { ...CALIBRATION, verify }, ...UNSEEN });
    expect(router.invocationParams()).toMatchObject({ verify: { by: "self", threshold: 1 } });
  });

  it.each([
    ["glimpseAt", { glimpseAt: stepStart() }],
    ["policy", { policy: always("small") }],
    ["verify", { verify: { by: "self", threshold: 0.5 } as const }],
  ])("stands for %s: another one beside it is refused", (field, beside) => {
    const message = refused({ threshold: CALIBRATION, ...beside });
    expect(message).toContain(`\`${field}\``);
    expect(message).toContain("The calibration in `threshold` brings it");
  });

  it("bears `verify: false` where it has none, and not where it has one", () => {
    scriptedRouter({}, { threshold: CALIBRATION, verify: false, ...UNSEEN });
    const verify = { by: "self", threshold: 0.5, when: "always" } as const;
    expect(refused({ threshold: { ...CALIBRATION, verify }, verify: false })).toContain("`verify`");
  });

  it.each([
    ["delimiter", { delimiter: "\n" }, '"\\n\\n"'],
    ["topLogprobs", { topLogprobs: 5 }, "20"],
    ["thinking", { thinking: false as const }, '{"open":"<think>","close":"</think>"}'],
  ])("is refused with another %s, and says which it was made with", (field, setUp, made) => {
    const message = refused({ threshold: CALIBRATION, ...setUp });
    expect(message).toContain(`was made with \`${field}: ${made}\``);
  });

  it.each([
    ["a point that nobody knows", { point: "laterTokens" }, 'There is no point "laterTokens"'],
    ["a tau beyond the point's range", { threshold: 3.5 }, "at most 2.996"],
    ["no tau", { threshold: "high" }, '`threshold` is "high"'],
    ["a missing field", { attained: undefined }, "`attained` is missing"],
    ["a field of another kind", { data: [] }, "`data` is a list"],
    ["another version", { v: 2 }, "written by another version"],
  ])("is refused with %s", (_what, wrong, reason) => {
    expect(refused({ threshold: { ...CALIBRATION, ...wrong } } as never)).toContain(reason);
  });

  it("is not a file's name", () => {
    expect(refused({ threshold: "calibration.json" } as never)).toContain("JSON.parse");
  });

  it("may give way for one call, to a policy or a threshold of its own, not to a point alone", async () => {
    const { router } = scriptedRouter({}, { threshold: CALIBRATION, ...UNSEEN });
    const routes = async (options: object) =>
      recordOf(await router.invoke("2+2?", options)).steps.map(({ route }) => route);
    expect(await routes({ policy: always("large") })).toEqual(["large", "large", "large"]);
    expect(await routes({ threshold: 2.9 })).toEqual(["small", "small", "small"]);
    expect(await routes({ glimpseAt: stepStart(), policy: above(2) })).toEqual([
      "small",
      "large",
      "small",
    ]);
    await expect(routes({ glimpseAt: stepStart() })).rejects.toThrow(/give the call a `threshold`/);
    await expect(routes({ threshold: CALIBRATION })).rejects.toThrow(
      /an option of the constructor/,
    );
  });
});
