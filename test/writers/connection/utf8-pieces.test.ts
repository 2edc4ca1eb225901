import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Utf8Pieces } from "../../../src/writers/connection/utf8-pieces.js";

/** What a decoder that streams makes of the same pieces, text by text. */
function streamed(pieces: readonly Uint8Array[]): string[] {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true }));
}

function decoded(pieces: readonly Uint8Array[]): string[] {
  const decoder = new Utf8Pieces();
  return pieces.map((piece) => decoder.decode(piece));
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("text whose bytes come in pieces", () => {
  it("is that of a decoder that streams, whatever the bytes and wherever they are cut", () => {
    const text = fc.oneof(
      fc.constantFrom("\uFEFF", "é", "漢", "🦊", "a\n", ""),
      fc.string({ unit: "binary" }),
    );
    const bytes = fc.oneof(text.map(bytesOf), fc.uint8Array({ maxLength: 6 }));
    const cut = fc.array(bytes, { maxLength: 8 }).chain((parts) => {
      const all = Uint8Array.from(parts.flatMap((part) => [...part]));
      return fc
        .array(fc.nat({ max: all.length }), { maxLength: 6 })
        .map((places) => [0, ...places.sort((a, b) => a - b), all.length])
        .map((places) => places.slice(1).map((end, at) => all.subarray(places[at], end)));
    });
    const isSame = fc.property(cut, (pieces) => {
      expect(decoded(pieces)).toEqual(streamed(pieces));
    });
    fc.assert(isSame, { numRuns: 2_000 });
  });

  it("loses a byte order mark at its beginning alone, even one that is cut in two", () => {
    expect(decoded([Uint8Array.of(0xef), Uint8Array.of(0xbb, 0xbf, 0x61)])).toEqual(["", "a"]);
    expect(decoded([bytesOf("a"), bytesOf("\uFEFFb")])).toEqual(["a", "\uFEFFb"]);
  });

  it("ends nowhere in a piece without bytes", () => {
    const [first, rest] = [bytesOf("é").subarray(0, 1), bytesOf("é").subarray(1)];
    expect(decoded([first, new Uint8Array(), rest])).toEqual(["", "", "é"]);
    expect(new Utf8Pieces().decode(undefined)).toBe("");
  });
});
