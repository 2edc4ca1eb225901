import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { StopFilter } from "../../src/local/stop-filter.js";
import { TAPE, write } from "./embedded-models.js";

describe("StopFilter", () => {
  const run = (
    stops: readonly string[],
    texts: readonly string[],
  ): { text: string; at: number } => {
    const filter = new StopFilter(stops);
    let shown = "";
    for (const [index, text] of texts.entries()) {
      const { text: now, stopped } = filter.push(text);
      shown += now;
      if (stopped) return { text: shown, at: index };
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
    expect(filter.push("one.\n")).toEqual({ text: "one.", stopped: false });
    expect(filter.push("two")).toEqual({ text: "\ntwo", stopped: false });
    expect(filter.push("\n")).toEqual({ text: "", stopped: false });
    expect(filter.push("\nthree")).toEqual({ text: "", stopped: true });
  });

  it("takes the first of several", () => {
    expect(run(["c", "b"], ["abc"])).toEqual({ text: "a", at: 0 });
  });
});

describe("a write with stop strings", () => {
  let pair: EmbeddedPair;
  beforeAll(async () => {
    pair = await embeddedPair();
  });
  afterAll(() => pair.dispose());

  it("ends at one that is split over tokens, leaves it out, and says so", async () => {
    // One token per character, so every stop string of two characters is split.
    const { text, end, items } = await write(pair.large, "", { stop: ["\n\n"] });
    expect(text).toBe(TAPE);
    expect(end.reason).toBe("stop");
    expect(items).toHaveLength(TAPE.length + 2);
    expect(end.usage.output_tokens).toBe(TAPE.length + 2);
  });

  it("lists every token when it is generated, also while its text is held back", async () => {
    const { items } = await write(pair.large, "", { stop: ["%9\n\n6"], topLogprobs: 2 });
    expect(
      items
        .flatMap(({ tokens }) => tokens)
        .map(({ token }) => token)
        .join(""),
    ).toBe(`${TAPE}\n\n6`);
    expect(items.map(({ text }) => text).join("")).toBe(TAPE.slice(0, -2));
  });

  it("gives the text that was held back when the text ends otherwise", async () => {
    const { text, end } = await write(pair.large, "", { stop: [", +10, ?"], maxTokens: 9 });
    expect(text).toBe(TAPE.slice(0, 9));
    expect(end.reason).toBe("length");
    const toTheEnd = await write(pair.large, "", { stop: ["}!"] });
    expect(toTheEnd.end.reason).toBe("eos");
    expect(toTheEnd.text.endsWith("}")).toBe(true);
  });

  it("knows a special token as a stop string, too", async () => {
    const { text, end } = await write(pair.large, "", { stop: ["</think>"] });
    expect(end.reason).toBe("stop");
    expect(text.endsWith("\n3\n")).toBe(true);
  });
});
