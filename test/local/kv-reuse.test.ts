import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { GLIMPSE_AT, openTape, readAll, TAPE, write } from "./embedded-models.js";

let pair: EmbeddedPair;
beforeAll(async () => {
  pair = await embeddedPair();
});
afterAll(() => pair.dispose());

it("evaluates only the new tokens of a continuation", async () => {
  const { small } = pair;
  const before = small.evaluatedTokens;
  const first = await write(small, "", { maxTokens: 30 });
  const { input_tokens: promptTokens } = first.end.usage;
  expect(first.end.usage).toEqual({
    input_tokens: promptTokens,
    output_tokens: 30,
    cached_tokens: 0,
  });
  // The last token that was generated is not evaluated: nobody asked what comes behind it.
  expect(small.evaluatedTokens - before).toBe(promptTokens + 29);

  const between = small.evaluatedTokens;
  const second = await write(small, first.text, { maxTokens: 10 });
  expect(second.end.usage).toEqual({
    input_tokens: promptTokens + 30,
    output_tokens: 10,
    cached_tokens: promptTokens + 29,
  });
  expect(small.evaluatedTokens - between).toBe(10);
});

it("writes in two parts what it writes in one", async () => {
  const whole = await write(pair.large, "");
  for (const cut of [1, 20, 21, 22, 23, 60]) {
    const first = await write(pair.large, "", { maxTokens: cut });
    const rest = await write(pair.large, first.text);
    expect(first.text + rest.text).toBe(whole.text);
  }
});

it("keeps the thought's evaluation over a hand-off to the other model and back", async () => {
  const { small, large } = pair;
  const opening = await openTape(small, "12, +4, %7, +30");
  const writer = small[STEP_WRITER];
  let thought = "";
  for await (const item of writer.write(opening, "", {
    maxTokens: 200,
    topLogprobs: 20,
    glimpseAt: GLIMPSE_AT,
  })) {
    if (item.type !== "text") throw new Error("Expected a boundary first");
    thought += item.text;
    if (thought.endsWith("\n\n")) break;
  }
  const step = await write(large, thought, { stop: ["\n\n"] }, "12, +4, %7, +30");
  const handedBack = `${thought}${step.text}\n\n`;

  const before = small.evaluatedTokens;
  const { end } = await readAll(
    writer.write(opening, handedBack, { maxTokens: 1, topLogprobs: 20, glimpseAt: GLIMPSE_AT }),
  );
  // The boundary's last token was yielded and not evaluated; behind it are the large model's step and boundary.
  const newTokens = 1 + step.text.length + "\n\n".length;
  expect(end.usage.cached_tokens).toBe(end.usage.input_tokens - newTokens);
  expect(small.evaluatedTokens - before).toBe(newTokens);
});

it("does not evaluate a token that the consumer did not ask to go beyond", async () => {
  const { small } = pair;
  const opening = await openTape(small, "17, +2");
  const { promptTokens } = opening;
  const before = small.evaluatedTokens;
  for await (const _ of small[STEP_WRITER].write(opening, "", { maxTokens: 50, topLogprobs: 0 })) {
    break;
  }
  expect(small.evaluatedTokens - before).toBe(promptTokens);
});

it("leaves a paused thought its evaluation while other conversations come and go", async () => {
  const { small } = pair;
  const first = await write(small, "", { maxTokens: 40 }, "81, -20, %7");
  for (const tape of ["15, +1", "16, +1"]) await write(small, "", {}, tape);
  const { end } = await write(small, first.text, { maxTokens: 5 }, "81, -20, %7");
  expect(end.usage.cached_tokens).toBe(end.usage.input_tokens - 1);
});

it("evaluates a prompt again, except its last token never from the cache", async () => {
  const { small } = pair;
  const first = await write(small, "", { maxTokens: 1 }, TAPE);
  const again = await write(small, "", { maxTokens: 1 }, TAPE);
  expect(again.text).toBe(first.text);
  expect(again.end.usage.cached_tokens).toBe(again.end.usage.input_tokens - 1);
});
