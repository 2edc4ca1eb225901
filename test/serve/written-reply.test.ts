import { expect, it } from "vitest";
import { WrittenReply } from "../../src/serve/page/written-reply.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { chunksOf, served } from "./served.js";

const asked = async (options: Parameters<typeof served>[1] = {}) =>
  chunksOf(
    await served(scriptedRouter().router, options).ask({
      stream: true,
      glimprouter: { events: true },
    }),
  );

it("with `events` each piece of the thought says whose it is; without, nothing does", async () => {
  const parts = (await asked()).flatMap(({ glimprouter, choices }) =>
    glimprouter?.part === undefined
      ? []
      : [{ ...(glimprouter.part as object), text: choices[0]?.delta.reasoning_content }],
  );
  const textOf = (step: number) =>
    parts
      .filter((part) => "step" in part && part.step === step)
      .map(({ text }) => text)
      .join("");
  expect([1, 2, 3].map(textOf)).toEqual([
    "First we add 2 and 2.",
    "\n\nWait, is that right?",
    "\n\nYes, it is four.",
  ]);
  const plain = await chunksOf(await served().ask({ stream: true }));
  expect(plain.filter(({ glimprouter }) => glimprouter?.part !== undefined)).toEqual([]);
});

it.each(["reasoning_content", "reasoning", "think-tags"] as const)(
  "the page reads steps, writers and answer, wherever the thought stands: %s",
  async (reasoningField) => {
    const reply = new WrittenReply();
    for (const chunk of await asked({ reasoningField })) reply.read(chunk as never);
    const steps = reply.steps.map(({ text, route, parts, end }) => ({ text, route, parts, end }));
    expect(steps).toEqual([
      {
        text: "First we add 2 and 2.",
        route: "small",
        parts: [{ route: "small", from: 0 }],
        end: "boundary",
      },
      {
        text: "Wait, is that right?",
        route: "large",
        parts: [{ route: "large", from: 0 }],
        end: "boundary",
      },
      {
        text: "Yes, it is four.",
        route: "small",
        parts: [{ route: "small", from: 0 }],
        end: "close",
      },
    ]);
    expect(reply.answer).toBe("The answer is 4.");
    expect(reply.steps[1]?.decisions).toMatchObject([
      { route: "large", token: "Wait,", at: 0, point: "stepStart", value: expect.closeTo(2.1, 1) },
    ]);
    expect(reply.steps[1]?.decisions[0]?.candidates[0]).toEqual(["Wait,", expect.any(Number)]);
    expect(reply.record?.stopReason).toBe("closed");
  },
);

it("where thoughts are not told there are values without text, and the answer", async () => {
  const reply = new WrittenReply();
  for (const chunk of await asked({ reasoningField: "none" })) reply.read(chunk as never);
  expect(reply.answer).toBe("The answer is 4.");
  expect(reply.steps.map(({ text }) => text)).toEqual([""]);
});

it("an error in the stream is thrown in the server's words", () => {
  expect(() => new WrittenReply().read({ error: { message: "The small model failed." } })).toThrow(
    "The small model failed.",
  );
});
