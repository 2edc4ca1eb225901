import { describe, expect, it } from "vitest";
import { believed } from "../../src/router/count-written.js";
import type { Speculation } from "../../src/router/speculation.js";
import { run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, step } from "./scripted-requests.js";
import { bare, end, HIGH, token } from "./tokens.js";

const usage = (output_tokens: number, drafted: number, accepted: number) => ({
  input_tokens: 10,
  output_tokens,
  speculation: { drafted, accepted },
});
const toldOf = ({ steps }: { readonly steps: readonly { parts: readonly Told[] }[] }) =>
  steps.flatMap(({ parts }) => parts.map(({ route, speculation }) => [route, speculation]));
interface Told {
  readonly route: string;
  readonly speculation: Speculation | null;
}

describe("what was written ahead of a model is told of the part that it was written for", () => {
  it("a step by large, and the answer; null where nobody told", async () => {
    const { record } = await run([
      fused("", [token("One.\n\n"), token("A", HIGH)]),
      step("large", "One.\n\n", [bare("B."), end("stop", usage(4, 6, 3))]),
      fused("One.\n\nB.\n\n", CLOSE),
      answer("large", "One.\n\nB.\n\n</think>\n\n", [bare("42"), end("eos", usage(2, 9, 0))]),
    ]);
    expect(toldOf(record)).toEqual([
      ["small", null],
      ["large", { drafted: 6, accepted: 3 }],
    ]);
    expect(record.answer?.speculation).toEqual({ drafted: 9, accepted: 0 });
  });

  it("running totals of one stream are shared out among its steps", async () => {
    const { record } = await run([
      fused("", [
        { ...token("One."), usage: usage(1, 4, 1) },
        { ...token("\n\n"), usage: usage(2, 5, 1) },
        { ...token("Two."), usage: usage(3, 9, 4) },
        { ...token("\n\n"), usage: usage(4, 9, 4) },
        ...CLOSE,
      ]),
      closed("One.\n\nTwo.\n\n"),
    ]);
    expect(toldOf(record)).toEqual([
      ["small", { drafted: 5, accepted: 1 }],
      ["small", { drafted: 4, accepted: 3 }],
    ]);
    expect(record.answer?.speculation).toBeNull();
  });

  it("what was written ahead of small's glimpse is none of large's part", async () => {
    const { record } = await run([
      fused("", [
        { ...token("One.\n\n"), usage: usage(1, 4, 1) },
        { ...token("A", HIGH), usage: usage(2, 8, 1) },
      ]),
      step("large", "One.\n\n", [bare("B."), end("stop")]),
      fused("One.\n\nB.\n\n", CLOSE),
      closed("One.\n\nB.\n\n"),
    ]);
    expect(toldOf(record)).toEqual([
      ["small", { drafted: 4, accepted: 1 }],
      ["large", null],
    ]);
  });

  it("a turn of large that its limit ended, and small behind it", async () => {
    const { record } = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("B"), bare(" b"), end("length", usage(2, 3, 2))], 2),
        fused("B b", [{ ...token(" c."), usage: usage(1, 1, 1) }, token("\n\n"), ...CLOSE]),
        closed("B b c.\n\n"),
      ],
      { config: { maxStepTokens: 2 } },
    );
    expect(toldOf(record)).toEqual([
      ["large", { drafted: 3, accepted: 2 }],
      ["small", { drafted: 1, accepted: 1 }],
    ]);
  });

  it("all of a request that is told at its end alone is the last part's", async () => {
    const { record } = await run(
      [
        fused("", [token("A", HIGH)]),
        {
          ...answer("large", "", []),
          items: [bare("One.\n\n"), bare("Two."), end("eos", usage(5, 7, 5))],
        },
        closed("One.\n\nTwo."),
      ],
      { config: { policy: () => ({ route: "large", until: "end" }) } },
    );
    expect(toldOf(record)).toEqual([
      ["large", null],
      ["large", { drafted: 7, accepted: 5 }],
    ]);
  });
});

describe("a report that cannot be is not believed", () => {
  const told = (drafted: unknown, accepted: unknown) =>
    believed({
      input_tokens: 1,
      output_tokens: 1,
      speculation: { drafted, accepted } as Speculation,
    }).speculation;

  it.each([
    [3, 4],
    [-1, -1],
    [2.5, 1],
    ["3", 1],
    [3, undefined],
    [Number.NaN, 0],
    [1e9, 1],
  ])("%s drafted, %s accepted", (drafted, accepted) => {
    expect(told(drafted, accepted)).toBeNull();
  });

  it("what can be is kept, and nothing else of it", () => {
    expect(told(3, 3)).toEqual({ drafted: 3, accepted: 3 });
    expect(told(0, 0)).toEqual({ drafted: 0, accepted: 0 });
  });
});
