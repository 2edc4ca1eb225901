import { describe, expect, it } from "vitest";
import { anyOf } from "../../../src/core/points/any-of.js";
import { digits } from "../../../src/core/points/digits.js";
import { openers } from "../../../src/core/points/openers.js";
import { skipMarkup } from "../../../src/core/points/skip-markup.js";
import { stepStart } from "../../../src/core/points/step-start.js";
import { always } from "../../../src/core/policies/always.js";
import { readStep, tokensOf } from "./read-steps.js";

const [one, two] = [always("large"), always("small")];

describe("policies of a point's parts", () => {
  it("are known to the whole, also through points that hold others", () => {
    expect(stepStart().policies).toBeUndefined();
    expect(anyOf(stepStart()).policies).toEqual([]);
    const inner = anyOf({ point: digits(), policy: one }, stepStart());
    const whole = anyOf(skipMarkup(inner), { point: openers(["Wait"]), policy: two });
    expect(whole.policies).toEqual([
      { of: "digits", policy: one },
      { of: "openers:Wait", policy: two },
    ]);
  });

  it("a policy of several points has one state: its name is the part's", () => {
    const both = anyOf(stepStart(), digits());
    const whole = anyOf({ point: both, policy: one }, { point: openers(["So"]), policy: two });
    expect(whole.policies?.map(({ of }) => of)).toEqual([both.name, "openers:So"]);
    const { asks } = readStep(whole, tokensOf([["So", 0.2], " 3", "."]));
    expect(asks.map(({ point, policyOf }) => [point, policyOf])).toEqual(
      expect.arrayContaining([
        ["stepStart", both.name],
        ["digits", both.name],
        ["openers:So", "openers:So"],
      ]),
    );
  });

  it("two for one name would share a state, and are refused", () => {
    const inner = anyOf({ point: digits(), policy: one });
    expect(() => anyOf(inner, { point: digits(), policy: two })).toThrow(
      'anyOf has a policy for "digits" twice.',
    );
  });
});
