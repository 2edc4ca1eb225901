import { describe, expect, it } from "vitest";
import { partsOf, run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, chunk, end, HIGH, K, LOW, textless, token } from "./tokens.js";

const usage = (input_tokens: number, output_tokens: number) => ({ input_tokens, output_tokens });

/** Of which no server told what it had cached. */
function untold(input_tokens: number, output_tokens: number, discarded_tokens: number) {
  return { input_tokens, cached_tokens: null, output_tokens, discarded_tokens };
}

describe("rule 15: tokens that were kept, and tokens that were paid for", () => {
  it("steps count what was kept, usage counts what was discarded too", async () => {
    const result = await run([
      fused("", [token("One"), token(".\n\n"), chunk(token("A", HIGH), token(" b"), token(" c"))]),
      step("large", "One.\n\n", [bare("Two"), bare(" is."), end("stop", usage(40, 5))]),
      fused("One.\n\nTwo is.\n\n", [token("So."), chunk(...CLOSE, token("\n"))]),
      answer("large", "One.\n\nTwo is.\n\nSo.\n</think>\n\n", [
        bare("4"),
        end("eos", usage(50, 3)),
      ]),
    ]);
    expect(result.record.steps.map(({ tokens }) => tokens)).toEqual([2, 5, 2]);
    expect(result.record.largeShare).toBeCloseTo(5 / 9, 12);
    expect(result.record.interventionRate).toBeCloseTo(1 / 3, 12);
    expect(result.record.answer?.tokens).toBe(3);
    expect(result.record.usage).toEqual({
      // 10 + 10 and the 7 tokens of the thought; 5 and 3 came.
      small: { ...untold(27, 8, 4), estimated: true },
      large: { ...untold(90, 8, 0), estimated: false },
    });
  });

  it("a server's running totals are taken where the stream was aborted", async () => {
    const totals = { ...token("A", HIGH), usage: usage(33, 7) };
    const result = await run([
      fused("", [totals]),
      step("large", "", [bare("So."), end("eos", usage(34, 2))]),
      closed("So."),
    ]);
    expect(result.record.usage.small).toEqual({
      // Nothing of it is kept.
      ...untold(33, 7, 7),
      estimated: false,
    });
  });

  it("large without a report counts one for each chunk, and the sum is estimated", async () => {
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("So"), bare(""), bare(" it is."), end("eos")]),
      closed("So it is."),
    ]);
    expect(result.record.steps[0]?.tokens).toBe(2);
    expect(result.record.usage.large.estimated).toBe(true);
  });

  it.each([
    ["an opening tag that is swallowed does not count", ["<th", "ink>", "\n", "So"], 2],
    ["text that only looks like one does", ["<th", "e>", "\n", "So"], 4],
    ["a tag glued to a word is one token with it", ["<think>So", " it"], 2],
  ])("%s", async (_name, texts, tokens) => {
    const thought = texts.join("").replace("<think>", "");
    const items = texts.map((text) => token(text));
    const result = await run([fused("", [...items, end("eos")]), closed(thought)]);
    expect(result.record.steps).toMatchObject([{ tokens }]);
  });

  it("probes count in usage only", async () => {
    const result = await run(
      [
        probe("", token("One"), end("length", usage(10, 1))),
        step("small", "", [bare("One."), end("stop", usage(10, 3))]),
        probe("One.\n\n", textless("</s>"), end("eos", usage(13, 1))),
        closed("One.\n\n"),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(result.record.steps.map(({ tokens }) => tokens)).toEqual([3]);
    expect(result.record.usage.small).toEqual({
      // The first probe's token; the other's was EOS.
      ...untold(33, 5, 1),
      estimated: false,
    });
  });

  it("n steps by large cost at most 2n + 2 requests fused, 2 x steps + 1 with probes", async () => {
    const easy = [token("a.\n\n"), token("b.\n\n")];
    const fusedRun = await run([
      fused("", [...easy, token("C", HIGH)]),
      step("large", "a.\n\nb.\n\n", [bare("c."), end("stop")]),
      fused("a.\n\nb.\n\nc.\n\n", [token("d", HIGH)]),
      step("large", "a.\n\nb.\n\nc.\n\n", [bare("d.</think>")]),
      closed("a.\n\nb.\n\nc.\n\nd."),
    ]);
    expect(fusedRun.record.requests).toEqual({ small: 2, large: 3 });
    const probeRun = await run(
      [
        probe("", token("a."), end("length")),
        step("small", "", [bare("a."), end("stop")]),
        probe("a.\n\n", token("b."), end("length")),
        step("small", "a.\n\n", [bare("b."), end("stop")]),
        probe("a.\n\nb.\n\n", token("C", HIGH), end("length")),
        step("large", "a.\n\nb.\n\n", [bare("c."), end("stop")]),
        probe("a.\n\nb.\n\nc.\n\n", token("d", HIGH), end("length")),
        step("large", "a.\n\nb.\n\nc.\n\n", [bare("d.</think>")]),
        closed("a.\n\nb.\n\nc.\n\nd."),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(probeRun.record.requests).toEqual({ small: 6, large: 3 });
    expect(partsOf(probeRun)).toEqual(partsOf(fusedRun));
    expect(probeRun.thought).toBe(fusedRun.thought);
  });
});

describe("rule 16: the caller's stop strings", () => {
  it("apply to the answer only", async () => {
    const final = answer("large", "So.\n</think>\n\n", [bare("4"), end("stop")]);
    const result = await run(
      [fused("", [token("So."), ...CLOSE]), { ...final, how: { ...final.how, stop: ["2", "\n"] } }],
      { config: { answerStop: ["2", "\n"] } },
    );
    expect(result.record.answer?.end).toBe("stop");
  });
});

describe("rule 17: thinking: false", () => {
  const config = { thinking: false as const, maxAnswerTokens: 30 };
  const plain = (thought: string, items: Parameters<typeof fused>[1], maxTokens?: number) => ({
    ...fused(thought, items, maxTokens),
    how: { topLogprobs: K, glimpseAt: { delimiter: "\n\n", openTag: null } },
  });

  it("the steps are the reply: no tags, no closing, no second request, no answerer", async () => {
    const result = await run(
      [
        plain("", [token("<think>", LOW), token(" is a tag.\n\n"), token("Wait", HIGH)], 30),
        step("large", "<think> is a tag.\n\n", [bare("</think> too."), end("stop")], 28),
        plain("<think> is a tag.\n\n</think> too.\n\n", [token("End"), end("eos")], 27),
      ],
      { config },
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 boundary", "small 0.2 eos"]);
    expect(result.record).toMatchObject({ answer: null, answeredBy: null, stopReason: "eos" });
    expect(result.thought).toBe("<think> is a tag.\n\n</think> too.\n\nEnd");
    expect(result.events.at(-1)).toEqual({ type: "thought-end", stopReason: "eos" });
  });

  it("its cap is maxAnswerTokens, and no room is kept for an answer", async () => {
    const words = Array.from({ length: 30 }, () => token("x"));
    const openings = { large: { contextSize: 80 } };
    const result = await run([plain("", [...words, end("length")], 30)], { config, openings });
    expect(result.record).toMatchObject({ stopReason: "budget", answer: null });
    expect(partsOf(result)).toEqual(["small 0.2 length"]);
  });

  it("so it is with probes", async () => {
    const result = await run(
      [
        probe("", token("<think>", HIGH), end("length")),
        step("large", "", [bare("So."), end("eos")], 30),
      ],
      { config: { ...config, glimpse: "probe" } },
    );
    expect(result.record).toMatchObject({ answer: null, requests: { small: 1, large: 1 } });
  });
});

describe("the record of a reply", () => {
  it("tells hand-offs as changes of writer between two steps", async () => {
    const result = await run([
      fused("", [token("a.\n\n"), token("B", HIGH)]),
      step("large", "a.\n\n", [bare("b."), end("stop")]),
      fused("a.\n\nb.\n\n", [token("C", HIGH)]),
      step("large", "a.\n\nb.\n\n", [bare("c."), end("stop")]),
      fused("a.\n\nb.\n\nc.\n\n", [token("d"), ...CLOSE]),
      closed("a.\n\nb.\n\nc.\n\nd"),
    ]);
    expect(result.record).toMatchObject({
      handoffs: 2,
      interventionRate: 0.5,
      answeredBy: "large",
    });
  });

  it("has no rates where there was no step", async () => {
    const result = await run([fused("", CLOSE), closed("")]);
    expect(result.record).toMatchObject({ interventionRate: 0, largeShare: 0, handoffs: 0 });
  });

  it("times every step, the waiting for its request included, and the answer", async () => {
    const result = await run([
      fused("", [token("a."), token("\n\n"), token("B", HIGH)]),
      step("large", "a.\n\n", [bare("b."), end("eos")]),
      closed("a.\n\nb."),
    ]);
    expect(result.record.steps.map(({ ms }) => ms)).toEqual([2, 3]);
    expect(result.record.answer?.ms).toBe(2);
  });
});
