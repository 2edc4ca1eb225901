import { describe, expect, it } from "vitest";
import { alignTokens, type ListedToken, listedToken } from "../../src/core/align-tokens.js";

function tokens(...names: readonly string[]): ListedToken[] {
  return names.map((token) => ({ token, top: [{ token, logprob: -1 }] }));
}

/** Pieces as `[text, first token, tokens]`. */
function pieces(text: string, listed: readonly ListedToken[], textless: ListedToken[] = []) {
  const [first] = textless;
  const before = first === undefined ? null : { first, count: textless.length };
  const aligned = alignTokens(before, text, listed);
  return {
    pieces: aligned.pieces.map(({ text, first, tokens }) => [text, first?.token ?? null, tokens]),
    textless: aligned.textless && [aligned.textless.first.token, aligned.textless.count],
  };
}

describe("alignTokens", () => {
  it("gives each token its text", () => {
    expect(pieces("So it.\n\n", tokens("So", " it", ".\n\n"))).toEqual({
      pieces: [
        ["So", "So", 1],
        [" it", " it", 1],
        [".\n\n", ".\n\n", 1],
      ],
      textless: null,
    });
  });

  it("has no token for text that came without any, and nothing for nothing", () => {
    expect(pieces("So it", [])).toEqual({ pieces: [["So it", null, 0]], textless: null });
    expect(pieces("", [])).toEqual({ pieces: [], textless: null });
  });

  it("keeps tokens without text for what comes next", () => {
    expect(pieces("So", tokens("So", "</s>"))).toEqual({
      pieces: [["So", "So", 1]],
      textless: ["</s>", 1],
    });
    expect(pieces("", tokens("", ""), tokens("first"))).toEqual({
      pieces: [],
      textless: ["first", 3],
    });
  });

  it("gives a character in bytes to the first of them, in one chunk or in several", () => {
    const whole = [["🧮", "", 4]];
    expect(pieces("🧮", tokens("", "", "", "🧮"))).toEqual({ pieces: whole, textless: null });
    expect(pieces("🧮", tokens("🧮"), tokens("", "", ""))).toEqual({
      pieces: whole,
      textless: null,
    });
    expect(pieces("🧮", tokens(""), tokens("", "", ""))).toEqual({
      pieces: whole,
      textless: null,
    });
  });

  it("finds the next token behind text that its own tokens do not spell", () => {
    expect(pieces("é.\n\nTwo", tokens("", "", ".\n\n", "Two"))).toEqual({
      pieces: [
        ["é", "", 2],
        [".\n\n", ".\n\n", 1],
        ["Two", "Two", 1],
      ],
      textless: null,
    });
    expect(pieces(" Hello, you", tokens("▁Hello", ",", "▁you"))).toEqual({
      pieces: [
        [" Hello", "▁Hello", 1],
        [",", ",", 1],
        [" you", "▁you", 1],
      ],
      textless: null,
    });
  });

  it("is not misled by a character that comes twice", () => {
    for (const blank of [" ", "\n\n"]) {
      expect(pieces(`é${blank}é`, tokens("", "", `${blank}é`)).pieces).toEqual([
        ["é", "", 2],
        [`${blank}é`, `${blank}é`, 1],
      ]);
    }
  });

  it("takes a leading space that is listed and not written", () => {
    expect(pieces("So it. So", tokens(" So", " it", ".", " So")).pieces).toHaveLength(4);
    expect(pieces("So it", tokens(" So", " it"))).toEqual({
      pieces: [
        ["So", " So", 1],
        [" it", " it", 1],
      ],
      textless: null,
    });
  });

  it("does not give a token to text that stands before it", () => {
    expect(pieces("Two it.", tokens("it", "."))).toEqual({
      pieces: [
        ["Two ", null, 0],
        ["it", "it", 1],
        [".", ".", 1],
      ],
      textless: null,
    });
    expect(pieces("éé x", tokens("", "", "", "é", " x")).pieces.at(-1)).toEqual([" x", " x", 1]);
  });

  it("gives text that no token spells to the first token, and says how many there were", () => {
    expect(pieces("xyz", tokens("a", "b"))).toEqual({
      pieces: [["xyz", "a", 2]],
      textless: null,
    });
  });
});

describe("listedToken", () => {
  it("leaves out what JSON cannot hold, and reads the candidates into plain values", () => {
    const lazy = {
      token: "a",
      logprob: -1,
      get top() {
        return [
          { token: "a", logprob: -1, id: 7 },
          { token: "b", logprob: Number.NEGATIVE_INFINITY },
          { token: "c", logprob: -9999 },
        ];
      },
    };
    const plain = listedToken(lazy);
    expect(plain).toEqual({ token: "a", logprob: -1, top: [{ token: "a", logprob: -1 }] });
    expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
  });

  it("refuses candidates that are no log-probabilities", () => {
    expect(() => listedToken({ token: "a", top: [{ token: "a", logprob: Number.NaN }] })).toThrow(
      expect.objectContaining({ reason: "bad_logprobs" }),
    );
  });
});
