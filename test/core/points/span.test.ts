import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digits } from "../../../src/core/points/digits.js";
import { span } from "../../../src/core/points/span.js";
import { entropyOf, finals, readStep, tokensOf, type Written } from "./read-steps.js";

const point = span({ after: "=", of: "number" });
const H = entropyOf(0.5);

/** Each character a token; those between ‹ and › are doubted. */
function marked(text: string): Written[] {
  let doubt = 0;
  return Array.from(text).flatMap((each): Written[] => {
    if (each === "‹" || each === "›") {
      doubt = each === "‹" ? 0.5 : 0;
      return [];
    }
    return [[each, doubt]];
  });
}

function plain(text: string): string {
  return text.replace(/[‹›]/g, "");
}

describe("span", () => {
  it("asks at each token that raises the value, and once more when the number is over", () => {
    const tokens = tokensOf([
      "So",
      " =",
      " ",
      ["1", 0.1],
      ["2", 0.5],
      ["3", 0.3],
      [" apples", 0.9],
    ]);
    const { asks, out } = readStep(point, tokens);
    expect(asks).toEqual([
      { occasion: 0, value: entropyOf(0.1), cut: 4, final: false, token: 3 },
      { occasion: 0, value: H, cut: 4, final: false, token: 4 },
      { occasion: 0, value: H, cut: 4, final: true, token: 6 },
    ]);
    expect(out).toEqual([2, 4, 4, 4, 4, 4, 15]);
  });

  it.each([
    ["a blank", "x = ‹12› apples", 3],
    ["none", "x =‹12›\n\n", 3],
    ["several", "x =  \n ‹12› ", 3],
    ["a sign that is doubted", "x = ‹-›12 ", 3],
    ["a decimal", "x = 3.1‹4› ", 3],
    ["a decimal without a zero", "x = .‹5› ", 3],
    ["thousands", "x = 12,3‹4›5, and", 3],
    ["thousands in LaTeX", "x = 12{,}‹3›45$", 3],
    ["a currency", "x = $‹12› ", 3],
    ["LaTeX's dollar", "$x = \\$‹12›$", 4],
    ["a fraction", "x = \\frac{3}{‹4›}$", 3],
    ["a negative one", "x = -\\dfrac{3}{‹4›}$", 3],
    ["a plain one", "x = 3/‹4› ", 3],
    ["a box", "x = \\boxed{‹12›}", 3],
    ["emphasis", "x = **‹12›**", 3],
    ["the sentence's end", "x = ‹12›.", 3],
    ["the step's end", "x = ‹12›", 3],
    ["digits of another script", "x = ‹٤› ", 3],
  ])("reads a number behind %s", (_what, text, cut) => {
    expect(finals(readStep(point, tokensOf(marked(text))))).toEqual([
      { occasion: 0, value: H, cut },
    ]);
  });

  it.each([
    ["operands", "‹12 + 5› = 7 "],
    ["blanks and marks", "x =‹ $›7‹ ›"],
    ["what follows", "x = 7‹ apples. 9›"],
    ["a separator that is none", "x = 7‹,› 9"],
  ])("does not count %s", (_what, text) => {
    expect(finals(readStep(point, tokensOf(marked(text)))).map(({ value }) => value)).toEqual([0]);
  });

  it.each(["x = y", "x = \\frac{a}{b}", "x == y", "x = ", "no", "x = - y", "12 + 5"])(
    "finds no occasion in %j",
    (text) => {
      expect(readStep(point, tokensOf(marked(text))).asks).toEqual([]);
    },
  );

  it("one occasion a number, wherever its `after` was found", () => {
    const text = "a = 1 = ‹2›, b == 3; c = d = 4";
    expect(finals(readStep(point, tokensOf(marked(text))))).toEqual([
      { occasion: 0, value: 0, cut: 3 },
      { occasion: 1, value: H, cut: 7 },
      { occasion: 2, value: 0, cut: 15 },
      { occasion: 3, value: 0, cut: plain(text).lastIndexOf("=") + 1 },
    ]);
  });

  it("cuts directly behind `after` also inside a token, and wants that token when it is seen", () => {
    const { asks, out } = readStep(point, tokensOf(["x", [" =12", 0.5], ["3", 0.1], " "]));
    expect(asks[0]).toEqual({ occasion: 0, value: H, cut: 3, final: false, token: 1 });
    expect(out[1]).toBe(3);
  });

  it("reads distributions behind `after` only", () => {
    const wanted: string[] = [];
    let state = point.start(null);
    for (const token of tokensOf(["7", " x", " =", " ", "1", "2", " apples", " 5"])) {
      if (point.wants(state)) wanted.push(token.text);
      state = point.read(state, token).state;
    }
    expect(wanted).toEqual([" ", "1", "2", " apples"]);
  });

  it("`after` may be words, and split over tokens", () => {
    const answer = span({ after: "answer is", of: "number" });
    expect(
      finals(readStep(answer, tokensOf(["The ans", "wer ", "i", "s", " ", ["42", 0.5], "."]))),
    ).toEqual([{ occasion: 0, value: H, cut: 13 }]);
  });

  it("does not read on over what large wrote in between", () => {
    const [before, behind] = [tokensOf(["x", " ="]), tokensOf(["12", " "], { lead: 9 })];
    expect(readStep(point, [...before, ...behind]).asks).toEqual([]);
    const begun = tokensOf(["x", " =", ["1", 0.5]]);
    expect(readStep(point, [...begun, ...behind]).asks).toMatchObject([{ token: 2, final: false }]);
  });

  it("waits for no endless number", () => {
    const { out, asks } = readStep(point, tokensOf(marked(`x = ${"7".repeat(100)}`)));
    expect(asks.at(-1)).toMatchObject({ final: true, token: 67 });
    expect(out.at(-1)).toBe(104);
  });
});

/** A text cut anywhere; a token is doubted as its first character is. */
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 });
const piece = fc.constantFrom(
  "x ",
  "= ",
  "=",
  " = 12",
  "= -3.5",
  "= 1,234",
  "= $7",
  "= \\frac{3}{4}",
  "= \\boxed{8}",
  " apples",
  ". ",
  "5",
  "=9",
  "= 1.",
  "\\",
  "{,}",
  "-",
);

function cutUp(text: string, sizes: readonly number[], doubt: number): Written[] {
  const written: Written[] = [];
  for (let at = 0; at < text.length; ) {
    const size = sizes[written.length % sizes.length] ?? 1;
    written.push([text.slice(at, at + size), doubt]);
    at += size;
  }
  return written;
}

describe("any split into tokens", () => {
  it("gives the same numbers and cuts", () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), cuts, (pieces, sizes) => {
        const text = `a${pieces.join("")}`;
        const whole = finals(readStep(point, tokensOf(cutUp(text, [1], 0.5))));
        expect(finals(readStep(point, tokensOf(cutUp(text, sizes, 0.5))))).toEqual(whole);
        expect(finals(readStep(point, tokensOf([[text, 0.5]])))).toEqual(whole);
        for (const { cut } of whole) expect(text[cut - 1]).toBe("=");
      }),
      { numRuns: 300 },
    );
  });
});

describe("digits", () => {
  it("asks at each digit that raises it, operands too, and once more at the end", () => {
    const tokens = tokensOf([
      ["So", 0.9],
      [" 3", 0.1],
      [" +", 0.9],
      ["4", 0.05],
      [" =7", 0.5],
      ".",
    ]);
    const { asks, out } = readStep(digits(), tokens);
    expect(asks).toEqual([
      { occasion: 0, value: entropyOf(0.1), cut: 0, final: false, token: 1 },
      { occasion: 0, value: H, cut: 0, final: false, token: 4 },
      { occasion: 0, value: H, cut: 0, final: true, token: 6 },
    ]);
    expect(out).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("finds no occasion in a step without one", () => {
    expect(
      readStep(
        digits(),
        tokensOf([
          ["So", 0.9],
          [" what?", 0.5],
        ]),
      ).asks,
    ).toEqual([]);
  });
});
