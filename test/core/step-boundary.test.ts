import { describe, expect, it } from "vitest";
import {
  boundaryEnd,
  firstNonBlank,
  heldTagLength,
  isGlimpseDue,
  openStep,
} from "../../src/core/step-boundary.js";

const BLANK_LINE = "\n\n";

describe("firstNonBlank", () => {
  it.each([
    ["word", 0],
    [" \n\t word", 4],
    [" \n\u00a0", -1],
    ["", -1],
  ])("in %j is at %i", (text, at) => {
    expect(firstNonBlank(text)).toBe(at);
  });
});

describe("boundaryEnd", () => {
  it.each([
    ["One.\n\nTwo", 6],
    ["One.\n\n\nTwo", 6],
    ["One.\n", -1],
    ["One.\n \nTwo", -1],
    ["\n\nOne.", -1],
    ["\n\n\n \n\nOne.\n\n", 12],
    ["", -1],
  ])("of %j is %i: leading blank lines are none", (step, end) => {
    expect(boundaryEnd(step, BLANK_LINE)).toBe(end);
  });

  it("is found where the delimiter straddles what was searched before", () => {
    expect(boundaryEnd("One.\n\nTwo", BLANK_LINE, 5)).toBe(6);
    expect(boundaryEnd("One.\n\nTwo", BLANK_LINE, 4)).toBe(6);
    expect(boundaryEnd("One.\n\nTwo.\n\n", BLANK_LINE, 6)).toBe(12);
  });

  it("needs text before a delimiter that is not blank itself", () => {
    expect(boundaryEnd("---One---", "---")).toBe(9);
    expect(boundaryEnd("  ---", "---")).toBe(-1);
    expect(boundaryEnd("One. ## ", " ## ")).toBe(8);
  });
});

describe("openStep", () => {
  it.each([
    ["", ""],
    ["One", "One"],
    ["One.\n\n", ""],
    ["One.\n\n\n Two", "\n Two"],
    ["\n\nOne.\n\nTwo.\n\nThree", "Three"],
  ])("of %j is %j", (thought, step) => {
    expect(openStep(thought, BLANK_LINE)).toBe(step);
  });
});

describe("isGlimpseDue", () => {
  it.each([
    ["", true],
    [" \n", true],
    ["W", false],
    [" \nWait", false],
  ])("behind %j: %s", (step, due) => {
    expect(isGlimpseDue(step, null)).toBe(due);
    expect(isGlimpseDue(step, "<think>")).toBe(due);
  });

  it.each([
    ["<", true],
    ["\n<think", true],
    ["<think>", true],
    ["<think>\n\n", true],
    ["<think>So", false],
    ["<thing", false],
    ["</", false],
  ])("an opening tag written again is no step yet: behind %j: %s", (step, due) => {
    expect(isGlimpseDue(step, "<think>")).toBe(due);
    expect(isGlimpseDue(step, null)).toBe(false);
  });
});

describe("heldTagLength", () => {
  it.each([
    ["so </thi", 5],
    ["so <", 1],
    ["so </think>", 0],
    ["so </think> ", 0],
    ["<</", 2],
    ["", 0],
    ["</thinx", 0],
  ])("of %j is %i", (text, length) => {
    expect(heldTagLength(text, "</think>")).toBe(length);
  });

  it("holds the longest end that may be a tag", () => {
    expect(heldTagLength("xaa", "aab")).toBe(2);
    expect(heldTagLength("a", "aab")).toBe(1);
  });
});
