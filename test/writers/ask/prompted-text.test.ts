import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PromptedText } from "../../../src/writers/ask/prompted-text.js";

const TAGS = { open: "<think>", close: "</think>" };

function readAll(chunks: readonly string[], mark: string | null = null) {
  const text = new PromptedText(TAGS, mark);
  let read = "";
  for (const chunk of chunks) {
    if (!text.complete) read += text.read(chunk);
  }
  return { text: text.complete ? read : read + text.end(), complete: text.complete };
}

const whole = (text: string, mark: string | null = null) => readAll([text], mark);

describe("a reply's text", () => {
  it.each([
    ["", ""],
    ["  A step.", "  A step."],
    ["<think>\nHm.\n</think>\n\nA step.", "A step."],
    [" \n<think>Hm.</think>A step.", "A step."],
    ["<think>\nHm.\n</think>\n\n    c = b * 2", "    c = b * 2"],
    ["<think>Hm.</think>  A step.", "A step."],
    ["<think>Hm.</think>\n  ", ""],
    ["<think>\nHm, cut off", ""],
    ["<think>a</think>\n\nA <think> inside.", "A <think> inside."],
    ["</think>", "</think>"],
    ["<thin", "<thin"],
  ])("%j is read as %j", (reply, text) => {
    expect(whole(reply)).toEqual({ text, complete: false });
  });

  it("ends at its mark", () => {
    expect(whole("Done.</reply> And more.", "</reply>")).toEqual({ text: "Done.", complete: true });
    expect(whole("<think>x</think></reply>", "</reply>")).toEqual({ text: "", complete: true });
    expect(whole("Not </repl", "</reply>")).toEqual({ text: "Not </repl", complete: false });
  });

  it("is the same however it falls into chunks", () => {
    const piece = fc.constantFrom(
      "<think>",
      "</think>",
      "</reply>",
      "<",
      "/",
      "a ",
      "\n",
      "think>",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(null, "</reply>"),
        (pieces, sizes, mark) => {
          const reply = pieces.join("");
          const chunks: string[] = [];
          for (let at = 0, turn = 0; at < reply.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            chunks.push(reply.slice(at, at + size));
            at += size;
          }
          expect(readAll(chunks, mark)).toEqual(whole(reply, mark));
        },
      ),
    );
  });
});
