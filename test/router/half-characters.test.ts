import { describe, expect, it } from "vitest";
import { partsOf, run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, chunk, end, HIGH, LOW, textless, token } from "./tokens.js";

const usage = (output_tokens: number) => ({ input_tokens: 1, output_tokens });

describe("half a character", () => {
  it.each([
    ["as U+FFFD", [bare("One 🎉\uFFFD"), end("length", usage(4))], 4],
    ["in a chunk of its own", [bare("One 🎉"), bare("\uFFFD\uFFFD"), end("length", usage(4))], 4],
    ["that its writer counts", [bare("One 🎉"), { ...end("length", usage(4)), textless: 2 }], 2],
  ])(
    "at the cap is neither text nor counted, small writes it whole: %s",
    async (_name, items, tokens) => {
      const result = await run(
        [
          fused("", [token("A", HIGH)]),
          step("large", "", items, 4),
          fused("One 🎉", [textless(""), token("🎊"), ...CLOSE]),
          closed("One 🎉🎊"),
        ],
        { config: { maxStepTokens: 4 } },
      );
      expect(partsOf(result)).toEqual(["large 1.8 length", "small - close"]);
      expect(result.record.steps[0]?.parts[0]).toMatchObject({ tokens });
      expect(result.record.usage.large).toMatchObject({ output_tokens: 5 });
    },
  );

  it("at the budgets of small and of the answer, too", async () => {
    const result = await run(
      [
        fused("", [token("One"), chunk(textless("\uFFFD"), token("\uFFFD")), end("length")], 3),
        answer(
          "large",
          "One\n</think>\n\n",
          [bare("4"), bare("\uFFFD"), end("length", usage(2))],
          2,
        ),
      ],
      { config: { maxThoughtTokens: 3, maxAnswerTokens: 2 } },
    );
    expect(result).toMatchObject({ thought: "One", answer: "4" });
    expect(result.record).toMatchObject({ stopReason: "budget", steps: [{ tokens: 1 }] });
  });

  it.each([
    ["with more behind it", [token("a\uFFFD"), token("b"), ...CLOSE], "a\uFFFDb"],
    ["at the end of all", [token("a"), token("\uFFFD"), end("eos")], "a\uFFFD"],
    ["as all there is", [token("\uFFFD"), end("eos")], "\uFFFD"],
  ])("or U+FFFD that the model wrote is text: %s", async (_name, items, text) => {
    expect((await run([fused("", items), closed(text)])).thought).toBe(text);
  });

  it.each([
    ["hard", HIGH, [step("large", "", [bare("👍."), end("eos")]), closed("👍.")]],
    ["easy", LOW, [step("small", "", [bare("👍."), end("eos")]), closed("👍.")]],
  ])(
    "as a probe, which llama.cpp does not list, is asked for as a whole: %s",
    async (_name, entropy, rest) => {
      const result = await run(
        [
          probe("", end("length", usage(1))),
          {
            ...probe("", token("👍", entropy), token("."), end("eos", usage(3))),
            maxTokens: 4,
          },
          ...rest,
        ],
        { config: { glimpse: "probe" } },
      );
      expect(result.record.steps).toMatchObject([{ token: "👍" }]);
    },
  );
});
