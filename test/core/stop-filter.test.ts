import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StopFilter } from "../../src/core/stop-filter.js";

function read(pieces: readonly string[], stop: readonly string[]): [string, string | null] {
  const filter = new StopFilter(stop);
  let whole = "";
  for (const piece of pieces) {
    const { text, matched } = filter.push(piece);
    whole += text;
    if (matched !== null) return [whole, matched];
  }
  return [whole + filter.flush(), null];
}

describe("StopFilter", () => {
  const run = (
    stops: readonly string[],
    texts: readonly string[],
  ): { text: string; at: number } => {
    const filter = new StopFilter(stops);
    let shown = "";
    for (const [index, text] of texts.entries()) {
      const { text: now, matched } = filter.push(text);
      shown += now;
      if (matched !== null) return { text: shown, at: index };
    }
    return { text: shown + filter.flush(), at: -1 };
  };

  it("cuts at the stop string however the text is split, as if it had come whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[ab\n]{0,4}$/), { maxLength: 12 }),
        fc.uniqueArray(fc.constantFrom("\n\n", "ab", "aab", "b\na"), { minLength: 1 }),
        (texts, stops) => {
          const whole = texts.join("");
          const found = stops.map((stop) => whole.indexOf(stop)).filter((index) => index !== -1);
          const { text } = run(stops, texts);
          if (found.length === 0) expect(text).toBe(whole);
          else expect(text).toBe(whole.slice(0, text.length));
          for (const stop of stops) expect(text).not.toContain(stop);
        },
      ),
    );
  });

  it("shows nothing that may still become a stop string", () => {
    const filter = new StopFilter(["\n\n"]);
    expect(filter.push("one.\n")).toEqual({ text: "one.", matched: null });
    expect(filter.push("two")).toEqual({ text: "\ntwo", matched: null });
    expect(filter.push("\n")).toEqual({ text: "", matched: null });
    expect(filter.push("\nthree")).toEqual({ text: "", matched: "\n\n" });
  });

  it("takes the first of several", () => {
    expect(run(["c", "b"], ["abc"])).toEqual({ text: "a", at: 0 });
  });
});

describe("the stop string that ended a text", () => {
  it("is the first of several in the text", () => {
    expect(read(["a b", "\n", "\nc"], ["\n\n"])).toEqual(["a b", "\n\n"]);
    expect(read(["one END two\n\n"], ["\n\n", "END"])).toEqual(["one ", "END"]);
    expect(read(["a\n", "b\n"], ["\n\n"])).toEqual(["a\nb\n", null]);
  });

  it("is found however the text comes in pieces", () => {
    const text = fc.array(fc.constantFrom("\n", "a", " ", "b"), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (given) => {
        const pieces = given.map((each) => each.join(""));
        expect(read(pieces, ["\n\n", "ab"])).toEqual(read([pieces.join("")], ["\n\n", "ab"]));
      }),
    );
  });
});
