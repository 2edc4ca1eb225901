import { expect, it } from "vitest";
import { repeated } from "../../src/local/lookup-drafter.js";

const from = (text: string, most = 4) =>
  String.fromCharCode(
    ...repeated(
      [...text].map((each) => each.charCodeAt(0)),
      most,
    ),
  );

it("drafts what followed when the text's end stood in it before", () => {
  expect(from("the apple fell; the ap")).toBe("ple ");
  expect(from("the apple fell; the ap", 2)).toBe("pl");
});

it("takes the longest repetition, and of equally long ones the latest", () => {
  expect(from("xabc1 abc2 xabc")).toBe("1 ab");
  expect(from("abc1 abc2 abc")).toBe("2 ab");
});

it("drafts no more than was repeated", () => {
  expect(from("abcdefg abc", 8)).toBe("def");
  expect(from("abcdefgh abcd", 8)).toBe("efgh");
});

it("drafts nothing where less than three tokens repeat, or nothing does", () => {
  expect(from("ab1 ab")).toBe("");
  expect(from("abcdefg")).toBe("");
  expect(from("abc")).toBe("");
  expect(from("")).toBe("");
});

it("goes on with a text that repeats itself without end", () => {
  expect(from("ababababab", 3)).toBe("ab");
});
