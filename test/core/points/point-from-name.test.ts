import { describe, expect, it } from "vitest";
import { anyOf } from "../../../src/core/points/any-of.js";
import { blend } from "../../../src/core/points/blend.js";
import { everyToken } from "../../../src/core/points/every-token.js";
import { firstTokens } from "../../../src/core/points/first-tokens.js";
import { openers } from "../../../src/core/points/openers.js";
import { pointFromName } from "../../../src/core/points/point-from-name.js";
import { skipMarkup } from "../../../src/core/points/skip-markup.js";
import { span } from "../../../src/core/points/span.js";
import { stepEnd } from "../../../src/core/points/step-end.js";
import { stepStart } from "../../../src/core/points/step-start.js";
import { quantile } from "../../../src/core/points/step-statistic.js";
import { window } from "../../../src/core/points/window.js";
import { always } from "../../../src/core/policies/always.js";
import { RouteError } from "../../../src/core/route-error.js";
import { ALL_POINTS } from "./all-points.js";
import { readSteps, tokensOf } from "./read-steps.js";

function errorOf(run: () => unknown): RouteError {
  try {
    run();
  } catch (error) {
    if (error instanceof RouteError) return error;
    throw error;
  }
  throw new Error("Expected an error");
}

describe("a point is rebuilt from its name", () => {
  const steps = [
    tokensOf([
      ["**", 0.9],
      ["Wait", 0.5],
      [",", 0.1],
      " x",
      " =",
      [" 1", 0.3],
      ["2", 0.2],
      ".\n\n",
    ]),
    tokensOf([["So", 0.2], [" 7", 0.1], "\n\n"], { sinceLarge: 1 }),
  ];

  it.each(ALL_POINTS.map((point) => [point.name, point] as const))("%s", (name, point) => {
    const rebuilt = pointFromName(name);
    expect(rebuilt.name).toBe(name);
    expect([rebuilt.unit, rebuilt.cutsInside, rebuilt.range(20)]).toEqual([
      point.unit,
      point.cutsInside,
      point.range(20),
    ]);
    expect(readSteps(rebuilt, steps)).toEqual(readSteps(point, steps));
  });

  it.each([
    span({ after: "a:b,(c)|d@policy %", of: "number" }),
    openers(["a,b", "c|d", "e:f"]),
    anyOf(openers(["(", ")"]), openers([","])),
  ])("whatever text it holds: $name", (point) => {
    expect(pointFromName(point.name).name).toBe(point.name);
    expect(pointFromName(anyOf(point).name).name).toBe(anyOf(point).name);
  });

  it("the names are these", () => {
    expect([
      stepStart().name,
      firstTokens(3).name,
      span({ after: "=", of: "number" }).name,
      everyToken({ turn: 4, cooldown: 8 }).name,
      window(5, { cut: "stepStart" }).name,
      stepEnd(quantile(0.9)).name,
      skipMarkup(stepStart({ value: "margin" })).name,
      blend({ features: [stepStart()], coefficients: [-0.5], intercept: 1e-7 }).name,
    ]).toEqual([
      "stepStart",
      "firstTokens:3",
      "span:=:number",
      "everyToken:turn=4:cooldown=8",
      "window:5:cut=stepStart",
      "stepEnd:quantile:0.9",
      "skipMarkup:stepStart:margin",
      "blend(1e-7,-0.5*stepStart)",
    ]);
  });

  it.each([
    ["stepstart", 'There is no point "stepstart". Did you mean "stepStart"? Known: stepStart, '],
    ["firstToken:3", 'Did you mean "firstTokens"?'],
    ["anyof(digits)", 'Did you mean "anyOf"?'],
    ["", 'There is no point "". Known: '],
    ["toString", "A point of your own must be handed over as an object."],
    ["anyOf(stepStart,mine)", 'There is no point "mine".'],
    ["digits:3", '"digits" takes nothing behind it.'],
    ["firstTokens:x", 'Expected `n` of firstTokens to be a whole number from 1 to 64, got "x".'],
    ["firstTokens", 'got "".'],
    [
      "stepStart:surprise",
      '`value` of stepStart to be "entropy" or "margin" or "confidence", got "surprise"',
    ],
    ["stepEnd:median", 'quantile(q) or rise(), got "median".'],
    ["stepEnd:quantile:2", "Expected `q` of quantile to be a number from 0 to 1, got 2."],
    ["span:=", '`of` of span to be "number", got undefined'],
    ["everyToken:turns=3", "everyToken has no option `turns`. Did you mean `turn`?"],
    ["everyToken:3", 'Expected options as "name=value" in the point "everyToken:3", got "3".'],
    ["blend(0,x*stepStart)", "Expected `coefficients` of blend to be finite numbers"],
    ["skipMarkup", 'There is no point "".'],
  ])("%j is refused, with what would do", (name, message) => {
    const error = errorOf(() => pointFromName(name));
    expect(error.reason).toBe("invalid_option");
    expect(error.message).toContain(message);
  });

  it("a part's own policy is in no name", () => {
    const { name } = anyOf(stepStart(), { point: firstTokens(2), policy: always("large") });
    expect(errorOf(() => pointFromName(name)).message).toContain(
      'A name does not hold the policy of "firstTokens:2@policy": build the point with anyOf().',
    );
  });
});

describe("a wrong argument is refused with field, value and remedy", () => {
  const wrong = (value: unknown) => value as never;

  it.each<[() => unknown, string]>([
    [
      () => stepStart(wrong({ valeu: "margin" })),
      "stepStart has no option `valeu`. Did you mean `value`?",
    ],
    [
      () => stepStart(wrong("margin")),
      'Expected `options` of stepStart to be an object of `value`, got "margin".',
    ],
    [() => firstTokens(0), "Expected `n` of firstTokens to be a whole number from 1 to 64, got 0."],
    [() => firstTokens(1.5), "got 1.5."],
    [
      () => openers([]),
      'Expected `words` of openers to be a list of words, such as ["Wait"], got a list of 0.',
    ],
    [() => openers(wrong("Wait")), 'got "Wait".'],
    [() => openers([" "]), 'Expected `words` of openers to be a text that is not blank, got " ".'],
    [() => span(wrong({ after: "=" })), 'Expected `of` of span to be "number", got undefined.'],
    [
      () => span(wrong({ after: 3, of: "number" })),
      "Expected `after` of span to be a text that is not blank, got 3.",
    ],
    [
      () => span(wrong(undefined)),
      "Expected `options` of span to be an object of `after`, `of`, got undefined.",
    ],
    [() => quantile(-0.1), "Expected `q` of quantile to be a number from 0 to 1, got -0.1."],
    [() => stepEnd(wrong(quantile)), "got a function (was it to be called?)."],
    [
      () => everyToken({ turn: 0 }),
      "Expected `turn` of everyToken to be a whole number from 1, got 0.",
    ],
    [
      () => everyToken({ cooldown: -1 }),
      "Expected `cooldown` of everyToken to be a whole number from 0, got -1.",
    ],
    [() => window(3000), "Expected `n` of window to be a whole number from 1 to 2048, got 3000."],
    [
      () => window(3, wrong({ cut: "end" })),
      '`cut` of window to be "here" or "stepStart", got "end".',
    ],
    [
      () => skipMarkup(wrong(stepStart)),
      "Expected `point` of skipMarkup to be a point, such as stepStart(), got a function (was it to be called?).",
    ],
    [() => anyOf(), "Expected `parts` of anyOf to be one point or more, got a list of 0."],
    [
      () => anyOf(wrong("stepStart")),
      'Expected `parts` of anyOf to be a point, such as stepStart(), got "stepStart".',
    ],
    [
      () => anyOf(wrong({ point: stepStart() })),
      "Expected `policy` of anyOf to be a policy, such as above(1), got undefined.",
    ],
    [
      () => blend({ features: [], coefficients: [] }),
      "Expected `features` of blend to be a list of 1 to 8 points, got a list of 0.",
    ],
    [
      () => blend({ features: [stepStart()], coefficients: [1, 2] }),
      "a list of 1 numbers, one for each feature, got a list of 2.",
    ],
    [
      () => blend({ features: [stepStart()], coefficients: [Number.NaN] }),
      "Expected `coefficients` of blend to be finite numbers, got NaN.",
    ],
  ])("%s", (run, message) => {
    const error = errorOf(run);
    expect(error.reason).toBe("invalid_option");
    expect(error.message).toContain(message);
  });
});
