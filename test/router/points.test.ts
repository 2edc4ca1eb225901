import { describe, expect, it } from "vitest";
import { everyToken } from "../../src/core/points/every-token.js";
import { firstTokens } from "../../src/core/points/first-tokens.js";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { stepStart } from "../../src/core/points/step-start.js";
import { at, CLOSE, closed, fused, GLIMPSE_AT, RESULT, step, usage } from "./pointed-script.js";
import { failure, partsOf, type Run, run } from "./run-thought.js";
import { CUT, type ScriptedRequest } from "./scripted-writer.js";
import { bare, end, HIGH, K, textless, token } from "./tokens.js";

/** Who wrote what, as it was handed out. */
function written({ events }: Run): string[] {
  return events.flatMap((event) =>
    event.type === "text-delta" ? [`${event.route}: ${event.text}`] : [],
  );
}

describe("a point inside a step", () => {
  const sum = [token("So", HIGH), token(" 2+2"), token(" ="), token(" 5", HIGH)];

  it("hands over at the cut: large goes on to the step's end, then small", async () => {
    const result = await run(
      [
        fused("", sum),
        step("So 2+2 =", [bare(" 4."), end("stop", usage(2))]),
        fused("So 2+2 = 4.\n\n", CLOSE),
        closed("So 2+2 = 4.\n\n"),
      ],
      at(RESULT),
    );
    expect(written(result)).toEqual([
      "small: So",
      "small:  2+2",
      "small:  =",
      "large:  4.",
      "large: \n\n",
    ]);
    expect(result.record).toMatchObject({
      handoffs: 1,
      interventionRate: 1,
      requests: { small: 2, large: 2 },
      steps: [
        {
          route: "large",
          entropy: null,
          tokens: 5,
          discarded: 1,
          end: "boundary",
          parts: [
            { route: "small", tokens: 3, from: 0, end: "handoff" },
            { route: "large", tokens: 2, from: 8, end: "boundary" },
          ],
          decisions: [{ point: "span:=:number", token: " 5", at: 8, route: "large" }],
        },
      ],
    });
    expect(result.record.steps[0]?.decisions[0]?.value).toBeCloseTo(HIGH);
    expect(result.events.filter(({ type }) => type === "route-decided")).toMatchObject([
      { step: 1, route: "large", occasion: 0, candidates: { length: 5 } },
    ]);
  });

  it("holds a number back until its decision, and hands out the rest as it comes", async () => {
    const result = await run(
      [
        fused("", [
          ...sum.slice(0, 3),
          token(" 1"),
          token("7"),
          token("."),
          token("\n\n"),
          ...CLOSE,
        ]),
        closed("So 2+2 = 17.\n\n"),
      ],
      at(RESULT),
    );
    expect(written(result)).toEqual([
      "small: So",
      "small:  2+2",
      "small:  =",
      // A decimal point, as far as anybody can tell before the step's end.
      "small:  17.\n\n",
    ]);
    expect(result.record.steps).toMatchObject([
      { route: "small", decisions: [{ route: "small" }], parts: [{ tokens: 7 }] },
    ]);
  });

  it("of two numbers, each is an occasion; the step's highest decision is told", async () => {
    const items = [
      token("1="),
      token("1", 0.4),
      token(" and 2="),
      token("2", 0.6),
      token("."),
      ...CLOSE,
    ];
    const result = await run([fused("", items), closed("1=1 and 2=2.")], at(RESULT));
    const decided = result.events.filter(({ type }) => type === "route-decided");
    expect(decided).toMatchObject([{ occasion: 0 }, { occasion: 1 }]);
    expect(result.record.steps[0]?.decisions).toHaveLength(1);
    expect(result.record.steps[0]?.decisions[0]?.value).toBeCloseTo(0.6);
  });

  it.each([
    ["EOS", [end("eos")], "eos"],
    ["a limit", [end("length")], "context"],
  ] as const)(
    "a decision cut short by %s is taken with what there is",
    async (_name, items, reason) => {
      const open = [...sum.slice(0, 3), token(" 5"), ...items];
      const result = await run([fused("", open), closed("So 2+2 = 5")], at(RESULT));
      expect(result.record).toMatchObject({
        stopReason: reason,
        steps: [{ decisions: [{ token: " 5", route: "small" }] }],
      });
    },
  );

  it("a decision cut short by a cut stream is taken with what there is: large goes on", async () => {
    const result = await run(
      [
        fused("", [token("Hard", HIGH), CUT]),
        step("", [bare("Large."), end("stop", usage(2))]),
        fused("Large.\n\n", CLOSE),
        closed("Large.\n\n"),
      ],
      at(stepEnd("meanEntropy")),
    );
    expect(partsOf(result)).toEqual(["large 1.8 boundary"]);
    expect(result.record.steps[0]).toMatchObject({ discarded: 1 });
    expect(result.record.requests).toEqual({ small: 2, large: 2 });
  });

  it("and where small would go on, the cut is told", async () => {
    const error = await failure([fused("", [token("Easy"), CUT])], at(stepEnd("meanEntropy")));
    expect(error).toMatchObject({ role: "small", cause: { reason: "stream_cut" } });
  });

  it("goes on inside the step behind a turn of n tokens", async () => {
    const result = await run(
      [
        fused("", [token("A"), token(" b", HIGH)]),
        step("A", [bare(" B"), end("length", usage(2))], 2),
        fused("A B", [token(" c"), token(".\n\n"), ...CLOSE], true),
        closed("A B c.\n\n"),
      ],
      at(everyToken({ turn: 2 })),
    );
    expect(partsOf(result)).toEqual(["small 0.2 handoff", "large - length", "small - boundary"]);
    expect(result.record).toMatchObject({ handoffs: 2, requests: { small: 2, large: 2 } });
  });
});

describe("a point at a step's end", () => {
  const mean = stepEnd("meanEntropy");

  it("takes the whole step back: nothing of it was handed out", async () => {
    const result = await run(
      [
        fused("", [
          token("a"),
          token(" b.\n\n"),
          token("wrong", HIGH),
          token(" too", HIGH),
          token("\n\n", HIGH),
        ]),
        step("a b.\n\n", [bare("right"), end("stop", usage(1))]),
        fused("a b.\n\nright\n\n", CLOSE),
        closed("a b.\n\nright\n\n"),
      ],
      at(mean),
    );
    expect(written(result)).toEqual(["small: a b.\n\n", "large: right", "large: \n\n"]);
    expect(result.record.steps).toMatchObject([
      { route: "small", tokens: 2, discarded: 0 },
      { route: "large", tokens: 1, discarded: 3, parts: [{ route: "large", from: 0 }] },
    ]);
    expect(result.record.usage.small.output_tokens).toBe(6);
  });

  it("passes where more would have to be held back than the bound", async () => {
    const items = [token("a"), token(" b", HIGH), token(" c", HIGH), token(" d", HIGH), ...CLOSE];
    const result = await run([fused("", items), closed("a b c d")], at(mean, { maxHoldTokens: 2 }));
    expect(written(result)).toEqual(["small: a b c", "small:  d"]);
    expect(result.record.steps).toMatchObject([{ route: "small", decisions: [] }]);
  });

  it("decides at a closing tag behind the step, too; the tag alone closes without a decision", async () => {
    const result = await run(
      [
        fused("", [token("wrong", HIGH), ...CLOSE]),
        step("", [bare("right"), end("stop", usage(1))]),
        fused("right\n\n", [token("</think>", HIGH)]),
        closed("right\n\n"),
      ],
      at(mean),
    );
    expect(result.thought).toBe("right\n\n");
    expect(result.record.steps).toHaveLength(1);
  });
});

describe("a point at a step's start", () => {
  it("sees what the default sees: a closing tag and EOS as first token are glimpses", async () => {
    const sure = stepStart({ value: "confidence" });
    for (const last of [token("</think>", HIGH), textless("</s>", HIGH)]) {
      const result = await run(
        [
          fused("", [token("a.\n\n"), last, ...(last.text === "" ? [end("eos")] : [])]),
          step("a.\n\n", [bare("More."), end("stop")]),
          fused("a.\n\nMore.\n\n", CLOSE),
          closed("a.\n\nMore.\n\n"),
        ],
        at(sure, { policy: ({ value }) => (value > 0.5 ? "large" : "small") }),
      );
      expect(result.record.steps).toMatchObject([{ route: "small" }, { route: "large" }]);
    }
  });

  it("decides after n tokens, and gives the step back from its start", async () => {
    const items = [token("\n"), token("a", HIGH), token(" b", HIGH)];
    const result = await run(
      [
        fused("", items),
        step("\n", [bare("A"), end("stop")]),
        fused("\nA\n\n", CLOSE),
        closed("\nA\n\n"),
      ],
      at(firstTokens(2)),
    );
    expect(result.record.steps).toMatchObject([
      { route: "large", discarded: 2, entropy: expect.closeTo(HIGH) },
    ]);
  });

  it("a repetition goes to large at its start, whatever the point looks at", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), token("One.\n\n"), token("One")]),
        step("One.\n\nOne.\n\n", [bare("So."), end("stop")]),
        fused("One.\n\nOne.\n\nSo.\n\n", CLOSE),
        closed("One.\n\nOne.\n\nSo.\n\n"),
      ],
      at(RESULT),
    );
    expect(result.record.steps[2]).toMatchObject({ route: "large", decisions: [{ value: null }] });
  });
});

describe("a policy that hands over for good", () => {
  it("asks large once for the rest of the thought, whose steps are recorded", async () => {
    const rest: ScriptedRequest = {
      role: "large",
      thought: "a.\n\n",
      how: { topLogprobs: 0 },
      items: [bare("B"), bare(".\n\n"), bare("C."), bare("</think>")],
    };
    const result = await run(
      [
        {
          ...fused("", [token("a.\n\n"), token("b", HIGH)]),
          how: { topLogprobs: K, glimpseAt: GLIMPSE_AT },
        },
        rest,
        closed("a.\n\nB.\n\nC."),
      ],
      {
        config: {
          policy: ({ entropy }) => (entropy > 1 ? { route: "large", until: "end" } : "small"),
        },
      },
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 boundary", "large - close"]);
    expect(result.record).toMatchObject({ requests: { small: 1, large: 2 }, stopReason: "closed" });
  });

  it("keeps what a policy remembers in the thought's state, for its next decision", async () => {
    const seen: unknown[] = [];
    await run(
      [
        {
          ...fused("", [token("a.\n\n"), token("b.\n\n"), ...CLOSE]),
          how: { topLogprobs: K, glimpseAt: GLIMPSE_AT },
        },
        closed("a.\n\nb.\n\n"),
      ],
      {
        config: {
          policy: (_glimpse, { state }) => {
            seen.push(state);
            return { route: "small", state: Number(state ?? 0) + 1 };
          },
        },
      },
    );
    expect(new Set(seen)).toEqual(new Set([undefined, 1, 2]));
  });
});

describe("a point that asks what cannot be", () => {
  const broken = (ask: object): GlimpsePoint => ({
    name: "mine",
    unit: "1",
    range: () => [0, 1],
    cutsInside: true,
    start: () => null,
    wants: () => false,
    read: () => ({ state: null, ask: { occasion: 0, value: 2, cut: 0, final: true, ...ask } }),
    end: () => null,
  });

  it.each([
    ["value", Number.NaN],
    ["cut", -1],
    ["cut", 99],
    ["cut", 0.5],
    ["occasion", "one"],
  ])("`%s` of %s is an error that names it", async (field, value) => {
    const failing = run([fused("", [token("a")])], at(broken({ [field]: value })));
    await expect(failing).rejects.toMatchObject({
      cause: {
        reason: "invalid_option",
        message: expect.stringContaining(`"mine" asks with \`${field}\``),
      },
    });
  });
});
