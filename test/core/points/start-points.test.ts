import { describe, expect, it } from "vitest";
import { firstTokens } from "../../../src/core/points/first-tokens.js";
import { openers } from "../../../src/core/points/openers.js";
import { skipMarkup } from "../../../src/core/points/skip-markup.js";
import { stepStart } from "../../../src/core/points/step-start.js";
import { entropyOf, finals, readStep, tokensOf, type Written } from "./read-steps.js";

const WORDS: readonly Written[] = [
  ["So", 0.5],
  [" it", 0.1],
  [" is", 0.2],
  [" 4", 0],
];

describe("stepStart", () => {
  it("asks once, at the first token, with H_init, and holds nothing behind it", () => {
    const { asks, out } = readStep(stepStart(), tokensOf(WORDS, { lead: 2 }));
    expect(asks).toEqual([{ occasion: 0, value: entropyOf(0.5), cut: 0, final: true, token: 0 }]);
    expect(out).toEqual([4, 7, 10, 12]);
    expect(stepStart().wants(true)).toBe(false);
  });

  it.each([
    ["entropy", "nats", [0, Math.log(20)], entropyOf(0.5)],
    ["margin", "1", [0, 1], 1 - (0.5 - 0.5 / 19)],
    ["confidence", "1", [0, 0.95], 0.5],
  ] as const)("%s rises with doubt", (value, unit, range, expected) => {
    const point = stepStart({ value });
    expect([point.unit, point.range(20)]).toEqual([unit, range]);
    expect(readStep(point, tokensOf(WORDS)).asks[0]?.value).toBeCloseTo(expected, 12);
  });

  it("takes a first token without text (EOS, a closing tag) as a glimpse", () => {
    expect(readStep(stepStart(), tokensOf([["", 0.5]])).asks).toHaveLength(1);
  });
});

describe("firstTokens", () => {
  it("asks once, with the mean of the first n tokens that are not blank", () => {
    const blank = [WORDS[0], ["\n", 0.9], WORDS[1], WORDS[2], WORDS[3]] as readonly Written[];
    const { asks, out } = readStep(firstTokens(3), tokensOf(blank));
    const value = (entropyOf(0.5) + entropyOf(0.1) + entropyOf(0.2)) / 3;
    expect(asks).toEqual([
      { occasion: 0, value: expect.closeTo(value, 12), cut: 0, final: true, token: 3 },
    ]);
    expect(out).toEqual([0, 0, 0, 9, 11]);
  });

  it("decides a shorter step by what it has", () => {
    const { asks } = readStep(
      firstTokens(9),
      tokensOf([
        ["So", 0.5],
        [".\n\n", 0.1],
      ]),
    );
    const value = (entropyOf(0.5) + entropyOf(0.1)) / 2;
    expect(asks).toEqual([
      { occasion: 0, value: expect.closeTo(value, 12), cut: 0, final: true, token: 2 },
    ]);
  });
});

describe("openers", () => {
  const point = openers(["Wait", "Let me check", "等等"]);

  it.each<[readonly Written[], number, number]>([
    [["Wait", ","], 1, 1],
    [["Wa", "it", " a"], 1, 2],
    [["wait\n\n"], 1, 0],
    [["Wait"], 1, 1],
    [["Waiting"], 0, 0],
    [["Wait", "ing"], 0, 1],
    [["So", " wait"], 0, 0],
    [["Let", " me", " check", "."], 1, 3],
    [["Let", " us"], 0, 1],
    [["Let", " me"], 0, 2],
    [["等", "等我"], 1, 1],
    [[" \n Wait", "'s"], 1, 1],
  ])("%j is %d, known at token %d", (written, value, token) => {
    expect(readStep(point, tokensOf(written)).asks).toEqual([
      { occasion: 0, value, cut: 0, final: true, token },
    ]);
  });

  it("reads no distribution, and holds back no more than the opener", () => {
    expect(point.wants(point.start(null))).toBe(false);
    expect(readStep(point, tokensOf(["Wait", ",", " no"])).out).toEqual([0, 5, 8]);
  });
});

describe("skipMarkup", () => {
  const point = skipMarkup(stepStart());

  it.each<[string, readonly Written[]]>([
    ["emphasis", ["**", ["So", 0.5], "**"]],
    ["a bullet", ["-", " ", ["So", 0.5]]],
    ["a bullet whose blank is the word's", ["-", [" So", 0.5]]],
    ["a number of a list", ["1", ".", [" So", 0.5]]],
    ["a number of a list in one token", ["12. ", ["So", 0.5]]],
    ["a number in brackets", ["(", "1", ")", " ", ["So", 0.5]]],
    ["a heading", ["##", [" So", 0.5]]],
    ["backticks", ["```", ["js", 0.5], "\n"]],
    ["a row of a table", ["|", "---", "|", "---", "|", ["x", 0.5]]],
    ["markup glued to the word", [["**So", 0.5], "**"]],
    ["a bullet and emphasis", ["- **", ["So", 0.5]]],
    ["EOS behind it", ["**", ["", 0.5]]],
  ])("looks past %s", (_what, written) => {
    const { asks } = readStep(point, tokensOf(written));
    expect(asks.map(({ value, cut, final }) => [value, cut, final])).toEqual([
      [entropyOf(0.5), 0, true],
    ]);
  });

  it.each<[string, readonly Written[]]>([
    ["a number", [["1", 0.5], "2", " apples"]],
    ["a decimal", [["1", 0.5], ".", "5"]],
    ["a number of four digits", [["2", 0.5], "0", "2", "6", "."]],
    ["a negative number", [["-", 0.5], "5"]],
    ["a number in brackets", [["(", 0.5], "1", " + 2)"]],
    ["a number that ends the step", [["7", 0.5]]],
    ["no text at all", [["", 0.5]]],
    ["a word", [["So", 0.5]]],
  ])("does not look past %s", (_what, written) => {
    expect(finals(readStep(point, tokensOf(written)))).toEqual([
      { occasion: 0, value: entropyOf(0.5), cut: 0 },
    ]);
  });

  it("hands the point the words alone", () => {
    const { asks } = readStep(skipMarkup(openers(["Wait"])), tokensOf(["- **", "Wait", ",**"]));
    expect(asks.map(({ value }) => value)).toEqual([1]);
    expect(
      readStep(skipMarkup(openers(["Wait"])), tokensOf(["1. **Wait", ","])).asks,
    ).toMatchObject([{ value: 1 }]);
  });

  it("finds no occasion in a step of nothing but markup", () => {
    expect(readStep(point, tokensOf([["---", 0.5], "\n\n"])).asks).toEqual([]);
  });

  it("gives up behind 32 tokens of markup", () => {
    const row = Array.from({ length: 40 }, () => ["|", 0.5] as const);
    expect(readStep(point, tokensOf(row)).asks).toMatchObject([{ token: 32 }]);
  });
});
