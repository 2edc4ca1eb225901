import { describe, expect, it } from "vitest";
import type { Secrets } from "../../../src/writers/connection/secrets.js";
import { isShowable, quote, showable } from "../../../src/writers/connection/server-words.js";

const KEY: Secrets = [{ text: "sk-very-secret-key", instead: "[API key]" }];

describe("what a server said, in a message", () => {
  it("is one line without a full stop of its own", () => {
    expect(quote("Not\n  found.\t", [])).toBe("Not found");
    expect(quote("Wait ...", [])).toBe("Wait ...");
  });

  it("F21: has 300 characters at most, and a mark where there were more", () => {
    expect(quote("x".repeat(300), [])).toBe("x".repeat(300));
    expect(quote("x".repeat(100_000), [])).toBe(`${"x".repeat(300)} ...`);
  });

  it("is never cut through the middle of a character", () => {
    expect(quote(`${"x".repeat(299)}👍👍`, [])).toBe(`${"x".repeat(299)} ...`);
  });

  it("F20: quotes no secret, whole, and none that the shortening cuts", () => {
    expect(quote("Your key sk-very-secret-key.", KEY)).toBe("Your key [API key]");
    for (let before = 270; before < 330; before++) {
      const said = quote(`${"x".repeat(before)}sk-very-secret-key${"y".repeat(1_000)}`, KEY);
      expect(said).not.toContain("sk-v");
    }
    // Each secret that is taken out lets another one come closer.
    const many = quote("sk-very-secret-key".repeat(10_000), KEY);
    expect(many).not.toMatch(/sk|secret/);
    expect(many.length).toBeLessThan(310);
  });

  it("F20: a short secret is one where it stands alone, not inside a word", () => {
    const secrets: Secrets = [{ text: "prod", instead: "[secret]" }];
    expect(quote("x-env: prod; product, prod", secrets)).toBe("x-env: [secret]; product, [secret]");
  });

  it.each([
    ["http://user:pass@host/v1", "http://host/v1"],
    ["see (https://u:p@h:8000/v1?token=abc) now", "see (https://h:8000/v1) now"],
    ['{"url":"http://h/p?key=1","n":2}', '{"url":"http://h/p","n":2}'],
    ["http://a@b?c http://d:e@f/g", "http://b http://f/g"],
    ["mail me@here. Why?", "mail me@here. Why?"],
  ])("shows nothing that an address hides: %s", (said, shown) => {
    expect(quote(said, [])).toBe(shown);
  });

  it("F19: has no character that steers a terminal or reorders text", () => {
    const steering =
      "a\u001b]52;c;eA==\u0007b\u0000c\u007fd\u009b2Je\u202ef\u2066g\u200eh\u061ci\rj\tk\nl";
    expect(quote(steering, [])).toBe("a]52;c;eA==bcd2Jefghi j k l");
    // A key is not hidden from us by one.
    expect(quote("sk-very\u0000-secret\u202e-key", KEY)).toBe("[API key]");
    expect(quote("naïve 👩‍👩‍👧 日本 עברית", [])).toBe("naïve 👩‍👩‍👧 日本 עברית");
  });

  it("keeps its line breaks where there is room for them", () => {
    expect(showable("a.\n\nb\u001b.", [], 20)).toBe("a.\n\nb.");
  });

  it.each([
    ["plain\ttext\nwith lines", true],
    ["with sk-very-secret-key", false],
    ["with \u001b[2J", false],
    ["with \u0085", false],
    ["with \u202e", false],
    ["x".repeat(20_000), false],
  ])("may stay as it is, or not: %j", (said, isSafe) => {
    expect(isShowable(said, KEY)).toBe(isSafe);
  });
});
