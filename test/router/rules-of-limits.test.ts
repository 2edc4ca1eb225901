import { describe, expect, it } from "vitest";
import { failure, partsOf, run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, chunk, end, HIGH, LOW, textless, token } from "./tokens.js";

const usage = (output_tokens: number, input_tokens = 10) => ({ input_tokens, output_tokens });

describe("rule 12: the token limit of every request", () => {
  it("is what the thought's budget leaves, blanks and hand-offs counted", async () => {
    await run(
      [
        fused("", [token("One"), token(".\n\n"), token("\n"), token("Two", HIGH)], 20),
        step("large", "One.\n\n\n", [bare("Two."), end("stop", usage(4))], 17),
        fused("One.\n\n\nTwo.\n\n", CLOSE, 13),
        answer("large", "One.\n\n\nTwo.\n\n</think>\n\n", [bare("42"), end("eos")], 7),
      ],
      { config: { maxThoughtTokens: 20, maxAnswerTokens: 7 } },
    );
  });

  it("is what the writer's context leaves, and what the answerer's does with room for the answer", async () => {
    const openings = { small: { contextSize: 150 }, large: { contextSize: 210 } };
    await run(
      [
        // large: 210 - 10, less a quarter for the answer and 16 for its tags.
        fused("", [token("One.\n\n"), token("Two", HIGH)], 134),
        step("large", "One.\n\n", [bare("Two."), end("stop", usage(4))], 133),
        fused("One.\n\nTwo.\n\n", CLOSE, 129),
        answer("large", "One.\n\nTwo.\n\n</think>\n\n", [bare("42"), end("eos")], 178),
      ],
      { openings },
    );
    const small = { ...openings, large: { contextSize: null } };
    await run([fused("", [token("One."), ...CLOSE], 140), closed("One.")], { openings: small });
  });

  it.each([
    ["budget", { maxThoughtTokens: 2 }, {}],
    ["context", {}, { small: { contextSize: 76, promptTokens: 12 } }],
  ] as const)(
    "ends the thought where there is none left: %s",
    async (stopReason, config, given) => {
      const max = stopReason === "budget" ? 2 : 64;
      const words = Array.from({ length: max }, () => token("x"));
      const result = await run(
        [fused("", [...words, end("length")], max), closed("x".repeat(max))],
        {
          config,
          openings: given,
        },
      );
      expect(partsOf(result)).toEqual(["small 0.2 length"]);
      expect(result.record.stopReason).toBe(stopReason);
    },
  );

  it("ends a step of small's behind a probe likewise", async () => {
    const result = await run(
      [
        probe("", token("One"), end("length")),
        step("small", "", [bare("One"), bare(" is"), end("length", usage(4))], 4),
        closed("One is"),
      ],
      { config: { glimpse: "probe", maxThoughtTokens: 4 } },
    );
    expect(partsOf(result)).toEqual(["small 0.2 length"]);
    expect(result.record).toMatchObject({ stopReason: "budget", steps: [{ tokens: 4 }] });
  });

  it("ends a thought whose last token was a boundary, without an empty step", async () => {
    const result = await run(
      [fused("", [token("One"), token(".\n\n"), end("length")], 2), closed("One.\n\n")],
      { config: { maxThoughtTokens: 2 } },
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary"]);
    expect(result.record.stopReason).toBe("budget");
  });

  it("asks for nothing where a hand-off finds no room", async () => {
    const result = await run(
      [
        fused("", [token("One"), token(".\n\n"), token("\n"), token("2", HIGH)]),
        closed("One.\n\n\n"),
      ],
      { config: { maxThoughtTokens: 3 } },
    );
    expect(result.record).toMatchObject({ stopReason: "budget", requests: { small: 1, large: 1 } });
    expect(partsOf(result)).toEqual(["small 0.2 boundary"]);
  });

  it("does not probe for ever where small writes blanks only", async () => {
    const result = await run(
      [
        probe("", token("\n"), end("length")),
        probe("\n", token("\n"), end("length")),
        closed("\n\n"),
      ],
      { config: { glimpse: "probe", maxThoughtTokens: 2 } },
    );
    expect(result.record).toMatchObject({ steps: [], stopReason: "budget" });
    expect(result.thought).toBe("\n\n");
  });

  it("nor where it writes the opening tag; what only began like one is text", async () => {
    const config = { glimpse: "probe", maxThoughtTokens: 2 } as const;
    const tag = await run(
      [
        probe("", token("<think>"), end("length")),
        probe("<think>", token("\n"), end("length")),
        closed("\n"),
      ],
      { config },
    );
    expect(tag.record).toMatchObject({ steps: [], stopReason: "budget" });
    const text = await run(
      [
        probe("", token("<th"), end("length")),
        probe("<th", token("in"), end("length")),
        closed("<thin"),
      ],
      { config },
    );
    expect(partsOf(text)).toEqual(["small 0.2 length"]);
  });

  it.each([
    ["tokens that were listed", [token("One"), token(" is"), end("length")]],
    ["a report", [bare("One is"), end("length", usage(2))]],
  ])("a length before our own limit is the context, by %s", async (_name, items) => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", items, 512),
      closed("One is"),
    ]);
    expect(result.record.stopReason).toBe("context");
    expect(partsOf(result)).toEqual(["large 1.8 length"]);
  });

  it("but an estimated count cannot tell: it is our own limit then", async () => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("One two three"), end("length")], 512),
      fused("One two three", [token(" four."), ...CLOSE]),
      closed("One two three four."),
    ]);
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - close"]);
  });

  it("a length without any token is the context too", async () => {
    const result = await run([fused("", [end("length")]), closed("")]);
    expect(result.record).toMatchObject({ steps: [], stopReason: "context" });
  });

  it.each(["small", "large"] as const)(
    "no room for any answer is an error before the first request: %s",
    async (role) => {
      const error = await failure([], {
        openings: { [role]: { promptTokens: 1000, contextSize: 1024 } },
      });
      expect(error).toMatchObject({ role: null, state: null, cause: { reason: "context" } });
      expect(error.message).toMatch(`1000 tokens for the ${role} model, whose context holds 1024`);
    },
  );
});

describe("rule 13: the step cap", () => {
  const cap = { config: { maxStepTokens: 2 } };

  it("cuts a turn of large; small goes on in mid-step without a glimpse: two parts of one step", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One is"), end("length", usage(2))], 2),
        fused("One is", [token(" hard", 2), token(".\n\n"), token("Two", LOW), ...CLOSE]),
        closed("One is hard.\n\nTwo"),
      ],
      cap,
    );
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - boundary", "small 0.2 close"]);
    expect(result.record.steps).toMatchObject([
      {
        step: 1,
        route: "large",
        token: "A",
        tokens: 4,
        parts: [
          { route: "large", tokens: 2, from: 0, end: "length" },
          { route: "small", tokens: 2, from: 6, end: "boundary" },
        ],
      },
      { step: 2, token: "Two", tokens: 2, parts: [{ route: "small", tokens: 2 }] },
    ]);
    const texts = result.events.flatMap((event) => (event.type === "step-end" ? [event.text] : []));
    expect(texts).toEqual(["One is hard.\n\n", "Two"]);
    expect(result.record).toMatchObject({ handoffs: 1, interventionRate: 0.5 });
  });

  it("so it is with a probe: the rest of the step is asked for", async () => {
    const result = await run(
      [
        probe("", token("A", HIGH), end("length")),
        step("large", "", [bare("One is"), end("length", usage(2))], 2),
        step("small", "One is", [bare(" hard."), end("stop")], 8190),
        probe("One is hard.\n\n", textless("</s>"), end("eos")),
        closed("One is hard.\n\n"),
      ],
      { config: { ...cap.config, glimpse: "probe" } },
    );
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - boundary"]);
    expect(result.record.stopReason).toBe("eos");
  });

  it("small may only end the step there, or close the thought", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One."), end("length", usage(2))]),
        fused("One.", [token("\n\n"), token("Two", HIGH)]),
        step("large", "One.\n\n", [bare("Two"), end("length", usage(2))]),
        fused("One.\n\nTwo", CLOSE),
        closed("One.\n\nTwo"),
      ],
      cap,
    );
    const one = ["large 1.8 length", "small - boundary"];
    expect(partsOf(result)).toEqual([...one, "large 1.8 length", "small - close"]);
    expect(result.record.steps).toHaveLength(2);
  });

  it("nothing is recorded for a rest that nobody was asked for", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One is"), end("length", usage(3))], 3),
        closed("One is"),
      ],
      { config: { maxStepTokens: 3, maxThoughtTokens: 3 } },
    );
    expect(partsOf(result)).toEqual(["large 1.8 length"]);
    expect(result.record.stopReason).toBe("budget");
  });

  it("small goes on behind a turn without a word, too: its line breaks are gone, its blanks are text", async () => {
    const result = await run(
      [
        fused("", [token("\n"), token("A", HIGH)]),
        step("large", "\n", [bare("\n"), end("length", usage(2))]),
        fused("\n", [token("One", HIGH), token(".\n\n"), token("Two", HIGH)]),
        step("large", "\nOne.\n\n", [bare("\n"), bare("    "), end("length", usage(2))]),
        fused("\nOne.\n\n    ", [token(" two", HIGH), ...CLOSE]),
        closed("\nOne.\n\n     two"),
      ],
      cap,
    );
    const expected = ["large 1.8 length", "small - boundary", "large 1.8 length", "small - close"];
    expect(partsOf(result)).toEqual(expected);
    expect(result.thought).toBe("\nOne.\n\n     two");
  });

  it("nor does a turn that brought nothing at all ask large for ever", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [end("length", usage(2))]),
        fused("", [token("A", HIGH), textless("</s>", HIGH), end("eos")]),
        closed("A"),
      ],
      cap,
    );
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - eos"]);
  });

  it("small's own steps have only the thought's budget", async () => {
    const words = [token("a"), token("b"), token("c"), token("d.\n\n")];
    const result = await run([fused("", [...words, ...CLOSE]), closed("abcd.\n\n")], cap);
    expect(partsOf(result)).toEqual(["small 0.2 boundary"]);
  });

  it("maxSteps ends the thought at a step's end, a cut one's when small has ended it", async () => {
    const easy = await run(
      [fused("", [token("a.\n\n"), token("b.\n\n")]), closed("a.\n\nb.\n\n")],
      {
        config: { maxSteps: 2 },
      },
    );
    expect(easy.record.stopReason).toBe("steps");
    const cut = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One is"), end("length", usage(2))]),
        fused("One is", [token(" it.\n\n")]),
        closed("One is it.\n\n"),
      ],
      { config: { ...cap.config, maxSteps: 1 } },
    );
    expect(cut.record.stopReason).toBe("steps");
    expect(cut.thought).toBe("One is it.\n\n");
  });
});

describe("rule 14: repetition", () => {
  const one = token("One.\n\n");
  const two = token("Two. \n\n");

  it("of the step before sends the next step to large whatever its entropy", async () => {
    const result = await run([
      fused("", [one, one, token("One.", LOW)]),
      step("large", "One.\n\nOne.\n\n", [bare("So."), end("stop")]),
      fused("One.\n\nOne.\n\nSo.\n\n", [token("Done", LOW), ...CLOSE]),
      closed("One.\n\nOne.\n\nSo.\n\nDone"),
    ]);
    expect(partsOf(result).slice(2)).toEqual(["large 0.2 boundary", "small 0.2 close"]);
    const forced = result.events.map((event) => event.type === "route-decided" && event.forced);
    expect(forced.filter(Boolean)).toHaveLength(1);
  });

  it("if that repeats too, the thought is closed; the repeats stay", async () => {
    const result = await run([
      fused("", [one, one, token("One.", LOW)]),
      step("large", "One.\n\nOne.\n\n", [bare("One. "), end("stop")]),
      closed("One.\n\nOne.\n\nOne. \n\n"),
    ]);
    expect(result.record.stopReason).toBe("repetition");
    expect(result.record.steps).toHaveLength(3);
  });

  it("of two alternating steps counts too", async () => {
    const thought = "One.\n\nTwo. \n\nOne.\n\nTwo. \n\n";
    const result = await run([
      fused("", [chunk(one, two, one), two, token("One.", LOW)]),
      step("large", thought, [bare("One."), end("stop")]),
      closed(`${thought}One.\n\n`),
    ]);
    expect(result.record.stopReason).toBe("repetition");
    expect(partsOf(result).at(-1)).toBe("large 0.2 boundary");
  });

  it("a forced step that was to be by large anyway is none", async () => {
    const result = await run([
      fused("", [one, one, token("Hm", HIGH)]),
      step("large", "One.\n\nOne.\n\n", [bare("So.</think>")]),
      closed("One.\n\nOne.\n\nSo."),
    ]);
    expect(result.events.filter((event) => event.type === "route-decided")).toMatchObject([
      { forced: false },
      { forced: false },
      { forced: false },
    ]);
  });
});
