import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LocalStop } from "../../../src/writers/ollama/local-stop.js";

function read(pieces: readonly string[], stop: readonly string[]): [string, string | null] {
  const local = new LocalStop(stop);
  let whole = "";
  for (const piece of pieces) {
    const { text, matched } = local.read(piece);
    whole += text;
    if (matched !== null) return [whole, matched];
  }
  return [whole + local.rest(), null];
}

describe("a stop string that is found on this side", () => {
  it("ends the text before it, the first of several", () => {
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
