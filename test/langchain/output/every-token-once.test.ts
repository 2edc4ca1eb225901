import type { AIMessageChunk } from "@langchain/core/messages";
import { beforeAll, describe, expect, it } from "vitest";
import { TAPE, useEmbeddedPair } from "../embedded-router.js";
import { recordOf } from "../record-of.js";
import { graphOf, inputOf, SURFACES } from "./token-surfaces.js";

const { router } = useEmbeddedPair();
/** One long thought and three short ones, so that replies of different lengths run side by side. */
const TAPES = [TAPE, "35, %7", "88, -20", "12, +5, %6"];

/** What each tape's reply is, by the surface that streams nothing. */
let expected: ReadonlyMap<string, { thought: string; answer: string }>;
beforeAll(async () => {
  const replies = await router().batch(TAPES);
  expected = new Map(
    replies.map(({ additional_kwargs, text }, index) => [
      TAPES[index] ?? "",
      { thought: String(additional_kwargs.reasoning_content), answer: text },
    ]),
  );
  expect(replies.some((reply) => recordOf(reply).handoffs > 1)).toBe(true);
}, 120_000);

describe.each(Object.entries(SURFACES))("%s", (_name, surface) => {
  it.each([1, 20])(
    "shows every token once and in order, %i at a time",
    async (count) => {
      const model = router();
      const runs = Array.from({ length: count }, async (_, index) => {
        const tape = TAPES[index % TAPES.length] ?? "";
        const { thought, answer } = await surface(model, tape);
        return { tape, thought: thought.join(""), answer: answer.join("") };
      });
      for (const { tape, ...shown } of await Promise.all(runs)) {
        expect(shown).toEqual(expected.get(tape));
      }
    },
    180_000,
  );
});

describe("a graph's other streams", () => {
  it("has the message once in `updates`, each decision once and no token in `custom`", async () => {
    const graph = graphOf(router());
    const seen: Record<string, unknown[]> = { updates: [], custom: [] };
    const stream = await graph.stream(inputOf(TAPE), { streamMode: ["updates", "custom"] });
    for await (const [mode, item] of stream) seen[mode]?.push(item);
    expect(seen.updates).toHaveLength(1);
    const updates = seen.updates as readonly { think: { messages: AIMessageChunk[] } }[];
    const messages = updates.flatMap(({ think }) => think.messages);
    expect(messages).toHaveLength(1);
    const steps = messages.flatMap((message) => recordOf(message).steps);
    expect(seen.custom).toEqual(
      steps.map(({ step, route, entropy, token }) => ({
        type: "glimprouter_step",
        step,
        route,
        point: "stepStart",
        value: entropy,
        occasion: 0,
        entropy,
        token,
        at: 0,
        candidates: expect.objectContaining({ length: 5 }),
        forced: false,
        run_id: expect.any(String),
        langgraph_node: "think",
      })),
    );
  });

  it("tells each decision once as an event of streamEvents v2, and in its content blocks", async () => {
    const model = router();
    const decisions: number[] = [];
    for await (const { event, name, data } of model.streamEvents(TAPE, { version: "v2" })) {
      if (event !== "on_custom_event" || name !== "glimprouter_step") continue;
      decisions.push((data as { step: number }).step);
    }
    expect(decisions).toEqual([1, 2, 3, 4, 5]);
    const payloads: unknown[] = [];
    for await (const event of model.streamEvents(TAPE)) {
      if (event.event === "provider") payloads.push((event.payload as { step: number }).step);
    }
    expect(payloads).toEqual(decisions);
  });
});
