import { describe, expect, it } from "vitest";
import {
  boundaryEnd,
  delimiterEnd,
  firstNonBlank,
  heldTagLength,
  isGlimpseDue,
  openStep,
  tailOf,
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

  it("needs text before a delimiter that is not blank itself", () => {
    expect(boundaryEnd("---One---", "---")).toBe(9);
    expect(boundaryEnd("  ---", "---")).toBe(-1);
    expect(boundaryEnd("One. ## ", " ## ")).toBe(8);
  });
});

describe("delimiterEnd", () => {
  it.each([
    ["One.\n", "\nTwo", 1],
    ["One.", "\n\nTwo", 2],
    ["One.\n\n", "Two.\n\n", 6],
    ["One.\n\n", "\nTwo", 1],
    ["One.", "\nTwo", -1],
    ["", "One.\n\nTwo", 6],
    ["O", "\n\n", 2],
  ])(
    "behind %j, in %j, is %i: the delimiter may straddle what was searched before",
    (before, rest, end) => {
      expect(delimiterEnd(tailOf(before, BLANK_LINE), rest, BLANK_LINE)).toBe(end);
    },
  );

  const texts = ["One.\n\nTwo", "a\nb", "---One---", "aaaabaab", "x aab", "\n"];
  const delimiters = ["\n\n", "\n", "---", "aab"];

  it.each(texts.flatMap((text) => delimiters.map((delimiter) => [text, delimiter] as const)))(
    "of %j with %j is what a look at the whole step finds, wherever it is cut",
    (text, delimiter) => {
      const step = text.trimStart();
      for (let cut = 0; cut <= step.length; cut++) {
        const before = step.slice(0, cut);
        if (boundaryEnd(before, delimiter) !== -1) break;
        const end = delimiterEnd(tailOf(before, delimiter), step.slice(cut), delimiter);
        expect(end === -1 ? -1 : cut + end).toBe(boundaryEnd(step, delimiter));
      }
    },
  );
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
