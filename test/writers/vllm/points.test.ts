import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, span } from "../../../src/index.js";
import { recordOf } from "../../langchain/record-of.js";
import { assistantPart, type ScriptedModel } from "../../servers/script/scripted-model.js";
import { spreadLogprobs } from "../../servers/script/spread-logprobs.js";
import { chatOpenAI, fakeVllm } from "./vllm-setup.js";

const THOUGHT =
  "So 3 * 24 = 72 apples.\n\nThen 72 + 8 = 80, and 80 / 4 = 20.\n\nSo 20 - 1 = 19 it is.";
const ANSWER = "The answer is 19.";
const WHOLE = `${THOUGHT}\n</think>\n\n${ANSWER}`;

/** What small writes in a result's place, and doubts. */
const WRONG: Readonly<Record<string, string>> = { "72": "75", "20": "28" };

/** Goes on with the text; `isSmall`: miscounts, and doubts the digits that are wrong. */
function calculator(isSmall: boolean): ScriptedModel {
  return (promptText) => {
    const begun = assistantPart(promptText).replace(/^<think>\n/, "");
    const doubted = new Set<number>();
    const written = WHOLE.replace(/(?<== )\d+/g, (result, at: number) => {
      const wrong = isSmall ? WRONG[result] : undefined;
      if (wrong === undefined || at < begun.length) return result;
      for (let digit = at; digit < at + wrong.length; digit++) doubted.add(digit);
      return wrong;
    });
    let at = begun.length;
    const texts = written.slice(begun.length).match(/ ?\d| ?[^\d\s]+|\s/g) ?? [];
    const tokens = texts.map((text) => {
      at += text.length;
      return { text, top: spreadLogprobs(text, doubted.has(at - 1) ? 2 : 0.1) };
    });
    return [...tokens, { text: "", listed: "</s>", top: spreadLogprobs("</s>", 0.05), eos: true }];
  };
}

describe("a stream whose wrong numbers have high entropy", () => {
  it("with `span` no wrong number is ever streamed, with 2n + 2 requests", async () => {
    const small = await fakeVllm({ model: calculator(true), refuseViolations: true });
    const large = await fakeVllm({ model: calculator(false), refuseViolations: true });
    const router = new GlimpRouterChatModel({
      small: chatOpenAI(small),
      large: chatOpenAI(large),
      continuation: "vllm",
      glimpseAt: span({ after: "=", of: "number" }),
      threshold: 1,
    });
    let streamed = "";
    for await (const { additional_kwargs } of await router.stream("How many?")) {
      streamed += additional_kwargs.reasoning_content ?? "";
      expect(THOUGHT.startsWith(streamed)).toBe(true);
    }
    expect(streamed).toBe(THOUGHT);
    const message = await router.invoke("How many?");
    expect(message.text).toBe(ANSWER);
    const record = recordOf(message);
    expect(record.steps.map(({ parts }) => parts.map(({ route, from }) => [route, from]))).toEqual([
      [
        ["small", 0],
        ["large", 11],
      ],
      [
        ["small", 0],
        ["large", 30],
      ],
      [["small", 0]],
    ]);
    const turns = record.steps
      .flatMap(({ parts }) => parts)
      .filter((part) => part.route === "large");
    expect(turns).toHaveLength(2);
    expect(record.requests).toEqual({ small: 3, large: 3 });
    expect(record.requests.small + record.requests.large).toBe(2 * turns.length + 2);
    // Without it, small's own numbers are.
    const alone = await router.invoke("How many?", { policy: () => "small" });
    expect(alone.additional_kwargs.reasoning_content).toContain("= 75 apples");
  });
});
