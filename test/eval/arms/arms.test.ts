import { describe, expect, it } from "vitest";
import { armsNamed } from "../../../src/eval/arms/all-arms.js";
import { setupOf } from "../../../src/eval/arms/routed-setup.js";
import { usualRates } from "../../../src/eval/arms/usual-rates.js";
import { digits, everyToken, span, stepStart, window } from "../../../src/index.js";

const parts = (setup = setupOf({})) => ({ setup, further: [], seed: 0, hasDraft: false });
const optionsOf = (name: string, given = parts()) => {
  const [arm] = armsNamed([name], given, "quality");
  if (arm?.way.kind !== "routed") throw new Error(`${name} is not routed.`);
  return arm.way.options({ problem: "p", repeat: 0 });
};
const glimpse = { point: "stepStart", value: 2, occasion: 0, entropies: [2], token: "a" } as never;
const context = { step: 1, thought: "", thoughtTokens: 0, routes: [], handoffs: 0 };

describe("rates of chance", () => {
  it.each([
    [stepStart(), [0.1, 0.25, 0.5]],
    [span({ after: "=", of: "number" }), [0.1, 0.25, 0.5]],
    [digits(), [0.1, 0.25, 0.5]],
    [everyToken(), [0.005, 0.02, 0.08]],
    [window(2), [0.005, 0.02, 0.08]],
  ])("are those of its kind of place", (point, rates) => {
    expect(usualRates(setupOf({ point, threshold: 1 }))).toEqual(rates);
  });

  it("lie around the calibrated one", () => {
    expect(usualRates({ ...setupOf({}), rate: 0.12 })).toEqual([0.06, 0.12, 0.24]);
    expect(usualRates({ ...setupOf({}), rate: 0.8 })).toEqual([0.4, 0.8, 1]);
  });
});

describe("an arm by chance", () => {
  it("has the routed arm's point and verification, chance in place of what decides", () => {
    const point = span({ after: "=", of: "number" });
    const setup = setupOf({ point, threshold: 0.4 });
    const options = optionsOf("random:1:0", parts(setup));
    expect(options.glimpseAt).toBe(point);
    expect(options.policy?.(glimpse, context)).toBe("large");
    expect(optionsOf("random:0:0", parts(setup)).policy?.(glimpse, context)).toBe("small");
    const verify = { by: "score", threshold: 0.3, when: "doubtful" } as const;
    const judged = optionsOf("random:1:0", parts(setupOf({ verify })));
    // The same steps are in doubt; who judges them tosses a coin.
    expect(judged).toMatchObject({ threshold: 1, verify: { threshold: 0.5, when: "doubtful" } });
    const { by } = judged.verify as { by: (step: object) => number };
    expect(by({ thought: "a", step: "b" })).toBe(1);
    const never = optionsOf("random:0:0", parts(setupOf({ verify }))).verify as { by: typeof by };
    expect(never.by({ thought: "a", step: "b" })).toBe(0);
  });

  it("judges as often as it shall", () => {
    const given = parts(setupOf({ verify: { by: "self", threshold: 0.5 } }));
    const [arm] = armsNamed(["random:0.3:1"], given, "quality");
    if (arm?.way.kind !== "routed") throw new Error("routed");
    let rejected = 0;
    for (let problem = 0; problem < 1000; problem++) {
      const { verify } = arm.way.options({ problem: String(problem), repeat: 0 });
      const { by } = verify as { by: (step: object) => number };
      rejected += by({ thought: "", step: "the same first step" });
    }
    expect(rejected).toBeGreaterThan(250);
    expect(rejected).toBeLessThan(350);
  });
});

describe("further arms", () => {
  it("are made as they are named", () => {
    expect(optionsOf("first-steps:2").policy?.(glimpse, { ...context, step: 2 })).toBe("large");
    expect(optionsOf("first-steps:2").policy?.(glimpse, { ...context, step: 3 })).toBe("small");
    expect(optionsOf("once").policy?.(glimpse, context)).toMatchObject({
      route: "large",
      until: "end",
    });
    expect(optionsOf("early-exit")).toMatchObject({
      threshold: 1,
      closeWhen: { rule: "closeMargin" },
    });
    expect(optionsOf("probe")).toMatchObject({ glimpse: "probe" });
    expect(optionsOf("verify-score")).toMatchObject({ verify: { by: "score", threshold: 0.5 } });
    expect(optionsOf("verify-self").policy?.(glimpse, context)).toBe("small");
    expect(optionsOf("small-thought").policy?.(glimpse, context)).toBe("small");
  });

  it("are named once, whatever was asked twice; latency has no chance", () => {
    const names = (asked: string[], mode: "quality" | "latency") =>
      armsNamed(asked, parts(), mode).map(({ name }) => name);
    expect(names(["routed", "default", "large"], "latency")).toEqual([
      "routed",
      "large",
      "small",
      "once",
      "early-exit",
    ]);
    expect(names(["random:0.2"], "quality")).toEqual(
      [0, 1, 2, 3].map((seed) => `random:0.2:${seed}`),
    );
  });

  it("stand beside the primary one where there is another calibration", () => {
    const further = [setupOf({ point: digits(), threshold: 0.5 })];
    const names = armsNamed(["routed"], { ...parts(), further }, "quality").map(({ name }) => name);
    expect(names).toEqual(["routed", "routed@digits"]);
  });
});

it("`once` is no usual arm where a judge alone hands over", () => {
  const judged = parts(setupOf({ verify: { by: "self", threshold: 0.5 } }));
  const usual = armsNamed(["default"], judged, "quality").map(({ name }) => name);
  expect(usual).toContain("routed");
  expect(usual).not.toContain("once");
});

describe("arms with a large model that something writes ahead of", () => {
  const names = (list: readonly string[], hasDraft: boolean, mode: "quality" | "latency") =>
    armsNamed(list, { ...parts(), hasDraft }, mode).map(({ name }) => name);

  it("are among the usual ones where there is one, and never cached", () => {
    expect(names(["default"], false, "latency")).toEqual([
      ...["large", "small", "routed", "once", "early-exit"],
    ]);
    expect(names(["default"], true, "latency")).toEqual([
      ...["large", "large-draft", "small", "routed", "routed-draft", "once", "early-exit"],
    ]);
    expect(names(["default"], true, "quality").slice(0, 3)).toEqual([
      ...["large", "large-draft", "small"],
    ]);
    const arms = armsNamed(
      ["large-draft", "routed-draft"],
      { ...parts(), hasDraft: true },
      "quality",
    );
    expect(arms).toMatchObject([
      { way: { kind: "one call", by: "large" }, isDrafted: true, cached: false },
      { way: { kind: "routed" }, isDrafted: true, cached: false },
    ]);
  });

  it.each(["large-draft", "routed-draft"])("%s without one is refused, with the option", (name) => {
    expect(() => names([name], false, "quality")).toThrow(
      `The arm ${name} needs the large model once more, with something that writes ahead of it: give \`draftedLarge\` (--large-draft).`,
    );
  });
});
