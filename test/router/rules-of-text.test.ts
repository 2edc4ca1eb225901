import { describe, expect, it } from "vitest";
import { partsOf, run } from "./run-thought.js";
import { CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, chunk, end, HIGH, LOW, token } from "./tokens.js";

describe("rule 1: the thought is its text, verbatim, and a boundary is found in it", () => {
  it("keeps every character up to the closing tag", async () => {
    const result = await run([
      fused("", [token(" \tA  b\r\n"), token("c\u00a0d.\n\n"), token("é𝄞 "), ...CLOSE]),
      closed(" \tA  b\r\nc\u00a0d.\n\né𝄞 "),
    ]);
    expect(result.thought).toBe(" \tA  b\r\nc\u00a0d.\n\né𝄞 ");
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "small 0.2 close"]);
    expect(result.record.stopReason).toBe("closed");
  });

  it("leading blank lines are no boundary, and there are no empty steps", async () => {
    const tokens = ["\n\n", "\n\n", "One", ".\n\n", "\n\n", "\n"].map((text) => token(text));
    const result = await run([
      fused("", [...tokens, token("Two", HIGH)]),
      step("large", "\n\n\n\nOne.\n\n\n\n\n", [bare("2."), end("stop")]),
      fused("\n\n\n\nOne.\n\n\n\n\n2.\n\n", CLOSE),
      closed("\n\n\n\nOne.\n\n\n\n\n2.\n\n"),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 boundary"]);
  });

  it("a boundary is found across requests and writers", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One\n"), end("length", { input_tokens: 1, output_tokens: 2 })], 2),
        fused("One\n", [token("\n"), token("Two"), ...CLOSE]),
        closed("One\n\nTwo"),
      ],
      { config: { maxStepTokens: 2 } },
    );
    expect(result.thought).toBe("One\n\nTwo");
    const parts = ["large 1.8 length", "small - boundary", "small 0.2 close"];
    expect(partsOf(result)).toEqual(parts);
  });

  it("a closing tag is found across requests and writers", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One.</th"), end("length", { input_tokens: 1, output_tokens: 3 })]),
        fused("One.</th", [token("ink"), token("> junk")]),
        closed("One."),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(result.thought).toBe("One.");
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - close"]);
    expect(result.record.stopReason).toBe("closed");
  });

  it("what only looked like a closing tag is text, whoever goes on with it", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One.</th"), end("length", { input_tokens: 1, output_tokens: 3 })]),
        fused("One.</th", [token("e>"), ...CLOSE]),
        closed("One.</the>"),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(result.thought).toBe("One.</the>");
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - close"]);
  });
});

describe("rule 2: an opening tag that a model writes again is swallowed", () => {
  it.each([
    ["as one token", [token("<think>"), token("\n"), token("So.")]],
    ["split", [token("<th"), token("ink"), token(">\n"), token("So.")]],
    ["behind blanks", [token("\n<think>"), token("So.")]],
    ["glued to the first word", [token("<think>So.")]],
    ["at the start of a chunk", [chunk(token("<think>"), token("\n"), token("So."))]],
  ])("%s, by a fused small model", async (_name, items) => {
    const lead = items[0]?.text === "\n<think>" ? "\n" : "";
    const blank = items.some(({ text }) => /\n/.test(text)) ? "\n" : "";
    const result = await run([fused("", [...items, ...CLOSE]), closed(`${lead || blank}So.`)]);
    expect(result.thought).toBe(`${lead || blank}So.`);
    expect(partsOf(result)).toEqual(["small 0.2 close"]);
  });

  it("the glimpse is the token behind it", async () => {
    const result = await run([
      fused("", [token("<think>", LOW), token("\n", LOW), token("Hard", HIGH)]),
      step("large", "\n", [bare("<think>\n\nSo"), bare(".</think>")]),
      closed("\nSo."),
    ]);
    expect(partsOf(result)).toEqual(["large 1.8 close"]);
  });

  it("a hand-off inside its token keeps the newlines before it", async () => {
    const result = await run([
      fused("", [token("\n"), token("<think>Hard", HIGH)]),
      step("large", "\n", [bare("So.</think>")]),
      closed("\nSo."),
    ]);
    expect(result.record.steps[0]?.token).toBe("<think>Hard");
  });

  it("so it is by a probe, which goes on from the tag", async () => {
    const result = await run(
      [
        probe("", token("<th", HIGH), end("length")),
        probe("<th", token("ink>", HIGH), end("length")),
        probe("<think>", token("\n", HIGH), end("length")),
        probe("<think>\n", token("Easy", LOW), end("length")),
        step("small", "<think>\n", [bare("Easy."), end("stop")]),
        probe("\nEasy.\n\n", token("Hard", HIGH), end("length")),
        step("large", "\nEasy.\n\n", [bare("So.</think>")]),
        closed("\nEasy.\n\nSo."),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
  });

  it("and what a probe saw of it is gone on a hand-off, but for its newlines", async () => {
    const result = await run(
      [
        probe("", token("<think>"), end("length")),
        probe("<think>", token("\n "), end("length")),
        probe("<think>\n ", token("Hard", HIGH), end("length")),
        step("large", "\n", [bare("So.</think>")]),
        closed("\nSo."),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(result.thought).toBe("\nSo.");
  });

  it.each([
    ["<b> is bold.", [token("<", LOW), token("b> is bold.", HIGH)]],
    ["<then", [token("<the", LOW), token("n", HIGH)]],
  ])(
    "what only looks like it is text, and its first token the glimpse: %s",
    async (text, items) => {
      const result = await run([fused("", [...items, ...CLOSE]), closed(text)]);
      expect(partsOf(result)).toEqual(["small 0.2 close"]);
      expect(result.record.steps[0]?.token).toBe(items[0]?.text);
    },
  );

  it.each([LOW, HIGH])("also where the text ends with it, at %s nats", async (entropy) => {
    const isHigh = entropy === HIGH;
    const result = await run([
      fused("", [token("<thi", entropy), end("eos")]),
      ...(isHigh ? [step("large", "", [bare("So."), end("eos")])] : []),
      closed(isHigh ? "So." : "<thi"),
    ]);
    expect(partsOf(result)).toEqual([isHigh ? "large 1.8 eos" : "small 0.2 eos"]);
  });
});
