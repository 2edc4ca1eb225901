import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StopRemains } from "../../../src/writers/completion/stop-remains.js";

describe("what a server has sent of a stop string before it cut it out", () => {
  it.each([
    [["A step.\n", ""], "stop", "A step."],
    [["A step.\n"], "stop", "A step."],
    [["A step.", "\n", ""], "stop", "A step."],
    [["A step.\n", ""], "other", "A step.\n"],
    [["A\n", "step.", ""], "stop", "A\nstep."],
    [["A step.", "\n\n"], "stop", "A step.\n\n"],
    [["", ""], "stop", ""],
  ] as const)("%j, ended by %s, is %j", (chunks, end, text) => {
    const remains = new StopRemains(["\n\n"]);
    const last = chunks.length - 1;
    const read = chunks.map((chunk, index) => remains.read(chunk, index === last ? end : null));
    expect(read.join("")).toBe(text);
  });

  it("is nothing where no stop string was asked for", () => {
    const remains = new StopRemains([]);
    expect(remains.read("A\n", null)).toBe("A\n");
    expect(remains.read("", "stop")).toBe("");
  });

  it("changes no text that ends by itself, however it falls into chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\n", "E", "N", "D")), (chunks) => {
        const remains = new StopRemains(["\n\n", "END"]);
        const read = chunks.map((chunk) => remains.read(chunk, null)).join("");
        expect(read + remains.read("", "other")).toBe(chunks.join(""));
      }),
    );
  });
});
