import { describe, expect, it } from "vitest";
import { failure, partsOf, run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step, unstopped } from "./scripted-requests.js";
import { CUT } from "./scripted-writer.js";
import { bare, chunk, end, HIGH, textless, token } from "./tokens.js";

describe("rule 3: blanks around a boundary", () => {
  it("newlines after a boundary stay, spaces after the last newline go with the glimpse on a hand-off", async () => {
    const result = await run([
      fused("", [token("One.\n\n"), token("\n"), token("  "), token("Wait", HIGH)]),
      step("large", "One.\n\n\n", [bare("  Two."), end("stop")]),
      fused("One.\n\n\n  Two.\n\n", CLOSE),
      closed("One.\n\n\n  Two.\n\n"),
    ]);
    expect(result.thought).toBe("One.\n\n\n  Two.\n\n");
  });

  it("where small goes on, they stay", async () => {
    const result = await run([
      fused("", [token("One.\n\n"), token("\n"), token("  "), token("Two"), ...CLOSE]),
      closed("One.\n\n\n  Two"),
    ]);
    expect(result.thought).toBe("One.\n\n\n  Two");
  });

  it.each([
    ["the boundary's own token", [token("One."), token("\n\nWait", HIGH)], "One.\n\n"],
    ["its second half", [token("One.\n"), token("\nWait", HIGH)], "One.\n\n"],
    ["a token with words on both sides", [token("One"), token(".\n\nWait", HIGH)], "One.\n\n"],
  ])(
    "a glimpse inside %s is that token's; the text is cut right behind the delimiter",
    async (_name, items, thought) => {
      const result = await run([
        fused("", items),
        step("large", thought, [bare("Two.</think>")]),
        closed(`${thought}Two.`),
      ]);
      expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
      expect(result.record.steps[1]?.token).toBe(items.at(-1)?.text);
    },
  );

  it.each([
    ["the boundary's own token", [token("One.\n"), token("\n \n  Wait", HIGH)], "One.\n\n \n"],
    ["a token of its own", [token("One.\n\n"), token("\n  Wait", HIGH)], "One.\n\n\n"],
    ["what may be a tag", [token("One.\n\n"), token("\n<", HIGH), token("b>")], "One.\n\n\n"],
  ])("line breaks that a glimpse inside %s brings stay", async (_name, items, thought) => {
    const result = await run([
      fused("", items),
      step("large", thought, [bare("  Two.</think>")]),
      closed(`${thought}  Two.`),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
  });

  it("so do those of a probe", async () => {
    const result = await run(
      [
        probe("", token("\n  Hard", HIGH), end("length")),
        step("large", "\n", [bare("  So.</think>")]),
        closed("\n  So."),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(result.thought).toBe("\n  So.");
  });

  it("a probe that returns only blanks appends them and probes again", async () => {
    const result = await run(
      [
        probe("", token("\n"), end("length")),
        probe("\n", token(" ", HIGH), end("length")),
        probe("\n ", token("Easy"), end("length")),
        step("small", "\n ", [bare("Easy."), end("stop")]),
        probe("\n Easy.\n\n", token("\n"), end("length")),
        probe("\n Easy.\n\n\n", token(" "), end("length")),
        probe("\n Easy.\n\n\n ", token("Hard", HIGH), end("length")),
        step("large", "\n Easy.\n\n\n", [bare("Two.</think>")]),
        closed("\n Easy.\n\n\nTwo."),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(result.thought).toBe("\n Easy.\n\n\nTwo.");
  });
});

describe("rule 4: a step by large", () => {
  it.each([
    ["keep", [bare("Two.\n\n"), end("stop")]],
    ["drop", [bare("Two."), end("stop")]],
    ["do not know", [bare("Two.\n\nThr"), bare("ee")]],
    ["split", [bare("Two.\n"), bare("\n"), end("stop")]],
  ])("writers that %s the stop string agree", async (_name, items) => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", items),
      fused("Two.\n\n", CLOSE),
      closed("Two.\n\n"),
    ]);
    expect(result.thought).toBe("Two.\n\n");
    expect(partsOf(result)).toEqual(["large 1.8 boundary"]);
  });

  it.each([
    ["in pieces", [bare("\n"), bare(" \t"), bare(" Two."), end("eos")], " \t Two."],
    ["behind blank lines", [bare(" \n \n"), bare("    Two."), end("eos")], "    Two."],
    ["behind a tag that it writes again", [bare(" <think>\n  Two."), end("eos")], "  Two."],
    ["with nothing behind them", [bare("\n"), bare("  "), end("eos")], "  "],
    ["before the closing tag", [bare("\n  </think>")], "  "],
  ])(
    "T1: starts at the first blank of its own line, line breaks are dropped: %s",
    async (_name, items, text) => {
      const result = await run([
        fused("", [token("A", HIGH)]),
        step("large", "", items),
        closed(text),
      ]);
      expect(result.thought).toBe(text);
    },
  );

  it("T1: keeps the indentation of a step that large writes", async () => {
    const begun = "def f(a):\n    b = a + 1\n\n";
    const result = await run([
      fused("", [token(begun), token("    "), token("c", HIGH)]),
      step("large", begun, [bare("    c = b * 2"), end("stop")]),
      fused(`${begun}    c = b * 2\n\n`, [token("    return c"), ...CLOSE]),
      closed(`${begun}    c = b * 2\n\n    return c`),
    ]);
    expect(result.thought).toBe(`${begun}    c = b * 2\n\n    return c`);
  });

  it.each([
    ["kept", [bare("\n\n"), end("stop")]],
    ["dropped", [end("stop")]],
    ["behind blanks", [bare("  "), end("stop")]],
  ])(
    "a stop before any word (%s) is asked once more without it, and cut here",
    async (_name, items) => {
      const result = await run([
        fused("", [token("A", HIGH)]),
        step("large", "", items),
        unstopped("large", "", [bare("\n\n  Two.\n\nThree"), bare(".")]),
        fused("  Two.\n\n", CLOSE),
        closed("  Two.\n\n"),
      ]);
      expect(result.thought).toBe("  Two.\n\n");
      expect(result.record.requests).toEqual({ small: 2, large: 3 });
    },
  );

  it("text past the closing tag is discarded", async () => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("Two.\n</th"), bare("ink>\n\nThe answer")]),
      closed("Two.\n"),
    ]);
    expect(result.thought).toBe("Two.\n");
    expect(result.answer).toBe("42");
  });
});

describe("rule 5: closing bytes, and the answer as a request of its own", () => {
  it.each([
    ["So.", "So.\n</think>\n\n"],
    ["So.\n", "So.\n</think>\n\n"],
  ])("behind %j", async (text, given) => {
    const result = await run([
      fused("", [token(text), ...CLOSE]),
      answer("large", given, [bare("42"), end("eos")]),
    ]);
    expect(result.record.answer).toEqual({ tokens: 1, ms: 2, end: "eos", speculation: null });
  });

  it("also where small answers: its open stream is aborted at the close", async () => {
    const result = await run(
      [
        fused("", [token("So."), chunk(token("</think>"), token("\n\n4"))]),
        answer("small", "So.\n</think>\n\n", [bare("4"), bare("2"), end("length")]),
      ],
      { config: { answerBy: "small" } },
    );
    expect(result.answer).toBe("42");
    expect(result.record.requests).toEqual({ small: 2, large: 0 });
    expect(result.record.answer?.end).toBe("length");
  });
});

describe("rule 6: how a text ends", () => {
  it("a token limit is no boundary, and nothing is spliced in", async () => {
    const result = await run(
      [fused("", [token("One"), token(" is"), end("length")], 2), closed("One is")],
      { config: { maxThoughtTokens: 2 } },
    );
    expect(partsOf(result)).toEqual(["small 0.2 length"]);
    expect(result.record.stopReason).toBe("budget");
  });

  it("EOS is no boundary", async () => {
    const result = await run([
      fused("", [token("One."), textless("</s>", HIGH), end("eos")]),
      closed("One."),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 eos"]);
    expect(result.record.stopReason).toBe("eos");
  });

  it.each([
    ["a run of small's steps", [fused("", [token("One"), CUT])], "small"],
    [
      "a step by large",
      [fused("", [token("A", HIGH)]), step("large", "", [bare("On"), CUT])],
      "large",
    ],
    ["an answer", [fused("", CLOSE), answer("large", "\n</think>\n\n", [bare("4"), CUT])], "large"],
  ] as const)(
    "a stream without an end is an error, never an EOS: %s",
    async (_name, script, role) => {
      expect(await failure(script)).toMatchObject({
        name: "ThoughtError",
        role,
        cause: { reason: "stream_cut" },
      });
    },
  );

  it("an error inside a stream ends the thought and keeps what was thought", async () => {
    const script = [
      fused("", [token("One."), token("\n\n"), token("Two", HIGH)]),
      step("large", "One.\n\n", [bare("Tw"), new Error("EngineCore died")]),
    ];
    expect(await failure(script)).toMatchObject({
      message: "EngineCore died",
      role: "large",
      state: { thought: "One.\n\n", step: { text: "Tw" }, requests: { small: 1, large: 1 } },
    });
  });
});
