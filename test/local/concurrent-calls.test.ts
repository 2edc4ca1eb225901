import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { GLIMPSE_AT, openTape, write } from "./embedded-models.js";

let pair: EmbeddedPair;
beforeAll(async () => {
  pair = await embeddedPair({ sequences: 4 });
});
afterAll(() => pair.dispose());

const TAPES = [
  "15, +1",
  "59, +10, %6",
  "81, -20, %7",
  "12, +4",
  "40, %9",
  "33, +6",
  "17, +2",
  "90, -80",
];

describe.each([2, 8])("%i calls at once on one model with four sequences", (count) => {
  it("give the texts that they give alone", async () => {
    const tapes = TAPES.slice(0, count);
    const alone: string[] = [];
    for (const tape of tapes) alone.push((await pair.large.invoke(tape)).text);
    const together = await Promise.all(tapes.map((tape) => pair.large.invoke(tape)));
    expect(together.map(({ text }) => text)).toEqual(alone);
  });

  it("read the glimpses that they read alone", async () => {
    const how = { topLogprobs: 20, glimpseAt: GLIMPSE_AT };
    const tapes = TAPES.slice(0, count);
    const glimpsed = (items: Awaited<ReturnType<typeof write>>["items"]) =>
      items
        .flatMap(({ tokens }) => tokens)
        .filter(({ top }) => top.length > 0)
        .map(({ token }) => token);
    const alone: string[][] = [];
    for (const tape of tapes) alone.push(glimpsed((await write(pair.small, "", how, tape)).items));
    const together = await Promise.all(tapes.map((tape) => write(pair.small, "", how, tape)));
    expect(together.map(({ items }) => glimpsed(items))).toEqual(alone);
  });
});

it("serves the two models at once", async () => {
  const [small, large] = await Promise.all([
    pair.small.invoke("12, +7"),
    pair.large.invoke("12, +7"),
  ]);
  expect(small.text).toBe(large.text);
});

it("gives a paused call's sequence to nobody", async () => {
  const opening = await openTape(pair.large, "21, +20, +30");
  const paused = pair.large[STEP_WRITER].write(opening, "", { maxTokens: 60, topLogprobs: 0 });
  let text = "";
  for await (const item of paused) {
    if (item.type === "text") text += item.text;
    await pair.large.invoke("17, +2", { maxTokens: 3 });
  }
  expect(text).toBe((await write(pair.large, "", { maxTokens: 60 }, "21, +20, +30")).text);
});
