import { describe, expect, it } from "vitest";
import type { Json } from "../../src/core/json.js";
import { everyToken } from "../../src/core/points/every-token.js";
import type { GlimpsePoint, PointRead } from "../../src/core/points/glimpse-point.js";
import { at, CLOSE, closed, fused, RESULT, step, usage } from "./pointed-script.js";
import { partsOf, run } from "./run-thought.js";
import { bare, end, HIGH, textless, token } from "./tokens.js";

describe("what a point leaves behind", () => {
  it("is no turn for a repetition: large writes that step to its end", async () => {
    const turns: GlimpsePoint = {
      ...RESULT,
      read: (state, seen) => turned(RESULT.read(state, seen)),
    };
    const result = await run(
      [
        fused("", [token("a="), token("1", HIGH)]),
        step("a=", [bare("2"), end("length", usage(1))], 1),
        fused("a=2", [token(".\n\n"), token("One.\n\n"), token("One.\n\n"), token("One")], true),
        step("a=2.\n\nOne.\n\nOne.\n\n", [bare("So."), end("stop")], 512),
        fused("a=2.\n\nOne.\n\nOne.\n\nSo.\n\n", CLOSE),
        closed("a=2.\n\nOne.\n\nOne.\n\nSo.\n\n"),
      ],
      at(turns),
    );
    expect(partsOf(result)[0]).toBe("small - handoff");
  });

  it("is a step that nobody judges: what stands before large's part is out already", async () => {
    const verify = { by: "test", threshold: 0, when: "always", onFailure: "large" } as const;
    const result = await run(
      [
        fused("", [token("So"), token(" bad", HIGH)]),
        step("So", [bare(" is"), bare(" it"), end("length", usage(2))], 2),
        fused("So is it", [token(" fine"), token(".\n\n"), ...CLOSE], true),
        closed("So is it fine.\n\n"),
      ],
      {
        ...at(everyToken({ turn: 2 }), { verify: { ...verify, timeoutMs: 1000 } }),
        judge: async () => ({ value: 1 }),
      },
    );
    expect(result.record.steps[0]?.verified).toBeUndefined();
  });

  it("reads the bytes of a character in mid-step under their first one's distribution", async () => {
    const bytes = [textless("", HIGH), textless("")];
    const result = await run(
      [
        fused("", [token("A"), ...bytes, token("🎉")]),
        step("A", [bare("!"), end("stop")]),
        fused("A!\n\n", CLOSE),
        closed("A!\n\n"),
      ],
      at(everyToken()),
    );
    expect(result.record.steps[0]).toMatchObject({
      discarded: 3,
      decisions: [{ token: "🎉", at: 1 }],
    });
  });
});

/** The same asks, each for a turn of one token. */
function turned(read: PointRead<Json>): PointRead<Json> {
  const asks = read.ask === undefined ? [] : [read.ask].flat();
  return { state: read.state, ask: asks.map((ask) => ({ ...ask, turn: 1 })) };
}
