import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGlimpseDue, openStep } from "../../src/core/step-boundary.js";
import { GlimpseWatch } from "../../src/router/glimpse-watch.js";

const AT = { delimiter: "\n\n", openTag: "<think>" };

describe("GlimpseWatch", () => {
  it("wants a glimpse until the first word of a step, then not until the next boundary", () => {
    const watch = new GlimpseWatch("", AT);
    const due = ["\n", "So", " it", ".\n", "\n", "\n", "Then", "."].map((text) => {
      const before = watch.due;
      watch.push(text);
      return before;
    });
    expect(due).toEqual([true, true, false, false, false, true, true, false]);
  });

  it("goes on from the thought it is given", () => {
    expect(new GlimpseWatch("One.\n\nTwo", AT).due).toBe(false);
    expect(new GlimpseWatch("One.\n\n", AT).due).toBe(true);
    const straddling = new GlimpseWatch("One.\n", AT);
    straddling.push("\n");
    expect(straddling.due).toBe(true);
  });

  it("is not done with an opening tag that the model writes once more", () => {
    const watch = new GlimpseWatch("", AT);
    for (const text of ["<", "think", ">", "\n"]) {
      expect(watch.due).toBe(true);
      watch.push(text);
    }
    expect(watch.due).toBe(true);
  });

  it("finds the boundary and the next word in one token", () => {
    expect(new GlimpseWatch("One", AT).push(".\n\nWait")).toBe(true);
    expect(new GlimpseWatch("One.\n", AT).push("\nWait")).toBe(true);
    expect(new GlimpseWatch("One", AT).push(".\n\n")).toBe(false);
    expect(new GlimpseWatch("", AT).push("\n\nWait")).toBe(false);
    expect(new GlimpseWatch("One", AT).push(".\n\nTwo.\n\nThree")).toBe(true);
  });

  it("agrees with the whole text however it is split", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a<\n ]{1,4}$/), { maxLength: 15 }), (texts) => {
        const watch = new GlimpseWatch("", AT);
        let text = "";
        for (const next of texts) {
          watch.push(next);
          text += next;
          expect(watch.due).toBe(isGlimpseDue(openStep(text, "\n\n"), "<think>"));
        }
      }),
    );
  });
});
