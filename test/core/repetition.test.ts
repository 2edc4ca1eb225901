import { describe, expect, it } from "vitest";
import { isRepetition } from "../../src/core/repetition.js";

describe("isRepetition", () => {
  it.each([
    ["the step before", ["A", "B", "B"]],
    ["the step before, but for blanks around it", ["B.\n\n", "\n B. \n\n"]],
    ["two alternating steps", ["A", "B", "A", "B"]],
    ["two alternating steps, but for blanks", ["A\n\n", "B\n\n", " A\n\n", "B"]],
    ["two alternating steps behind others", ["X", "Y", "A", "B", "A", "B"]],
  ])("sees that the last step repeats %s", (_name, steps) => {
    expect(isRepetition(steps)).toBe(true);
  });

  it.each([
    ["nothing", []],
    ["a first step", ["A"]],
    ["a step from further back", ["A", "B", "A"]],
    ["half an alternation", ["B", "C", "A", "C"]],
    ["a repeat that was left behind", ["A", "A", "B"]],
    ["text that differs inside", ["a b", "a  b"]],
    ["text that differs in case", ["so", "So"]],
  ])("is not fooled by %s", (_name, steps) => {
    expect(isRepetition(steps)).toBe(false);
  });
});
