import { describe, expect, it } from "vitest";
import { closingText, thoughtLead } from "../../src/core/thinking-tags.js";

const TAGS = { open: "<think>", close: "</think>" };

describe("closingText", () => {
  it.each([
    ["So.", "\n</think>\n\n"],
    ["So.\n", "</think>\n\n"],
    ["So.\n\n", "</think>\n\n"],
    ["So. ", "\n</think>\n\n"],
    ["", "\n</think>\n\n"],
  ])("behind %j is %j", (thought, closing) => {
    expect(closingText(thought, TAGS)).toBe(closing);
  });

  it("has the model's own tags", () => {
    expect(closingText("So.\n", { open: "[T]", close: "[/T]" })).toBe("[/T]\n\n");
  });
});

describe("thoughtLead", () => {
  it.each([
    ["<|im_start|>assistant\n<think>\n"],
    ["<|im_start|>assistant\n<think>"],
    ["<think>\n\n </think> earlier turn <think>\t\n"],
  ])("adds nothing where the template opened the thought: %j", (text) => {
    expect(thoughtLead(text, TAGS)).toEqual({ kind: "opened" });
  });

  it.each([["<|im_start|>assistant\n"], ["<think>\nold\n</think>\nuser: and now?"], [""]])(
    "adds the tag and a newline otherwise: %j",
    (text) => {
      expect(thoughtLead(text, TAGS)).toEqual({ kind: "add", text: "<think>\n" });
    },
  );

  it("sees that the template switched thinking off", () => {
    const text = "<|im_start|>assistant\n<think>\n\n</think>\n\n";
    expect(thoughtLead(text, TAGS)).toEqual({ kind: "closed" });
  });
});
