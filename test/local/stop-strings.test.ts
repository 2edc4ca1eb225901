import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { TAPE, write } from "./embedded-models.js";

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
