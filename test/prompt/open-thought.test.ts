import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { openThought } from "../../src/prompt/open-thought.js";
import { renderChatTemplate } from "../../src/prompt/render-chat-template.js";
import { toOpenAIMessages } from "../../src/prompt/to-openai-messages.js";
import { HYBRID, OPENING, PLAIN } from "./chat-templates.js";

const TAGS = { open: "<think>", close: "</think>" };
const messages = toOpenAIMessages([new HumanMessage("2+2?")]);

const promptText = (template: string, kwargs = {}) =>
  renderChatTemplate({ template, messages, kwargs });

describe("the opening tag (rule 2)", () => {
  it.each([
    ["plain", PLAIN],
    ["hybrid", HYBRID],
  ])("is added with a line break where the template adds none: %s", (_name, template) => {
    const text = promptText(template);
    expect(openThought(text, TAGS)).toEqual({ text: `${text}<think>\n`, opensThought: false });
  });

  it.each(["", "\n", "\n\n", " "])("is not added twice, whatever blanks follow: %j", (blanks) => {
    const text = `${promptText(OPENING).trimEnd()}${blanks}`;
    expect(openThought(text, TAGS)).toEqual({ text, opensThought: true });
  });

  it("is the model's own", () => {
    const tags = { open: "[THINK]", close: "[/THINK]" };
    const text = promptText(PLAIN);
    expect(openThought(text, tags).text).toBe(`${text}[THINK]\n`);
    expect(openThought(`${text}[THINK]`, tags)).toMatchObject({ opensThought: true });
  });

  it("of an earlier turn does not count", () => {
    const text = "<User>a<Assistant><think>\nb\n</think>c<User>d<Assistant>";
    expect(openThought(text, TAGS).text).toBe(`${text}<think>\n`);
  });
});

describe("a template that will not think", () => {
  it("is an error that names its switch and shows the end of the prompt", () => {
    const text = promptText(HYBRID, { enable_thinking: false });
    expect(() => openThought(text, TAGS)).toThrow(
      expect.objectContaining({
        reason: "not_continued",
        message: expect.stringMatching(
          /closes the thought before it begins: the prompt ends in ".*<\/think>\\n\\n"\. .*enable_thinking: true/,
        ),
      }),
    );
  });
});

describe("a reply without a thought", () => {
  it.each([
    ["plain", promptText(PLAIN)],
    ["with an empty thought", promptText(HYBRID, { enable_thinking: false })],
  ])("gets no tag: %s", (_name, text) => {
    expect(openThought(text, false)).toEqual({ text, opensThought: false });
  });

  it("cannot be had from a template that opens one", () => {
    expect(() => openThought(promptText(OPENING), false)).toThrow(
      expect.objectContaining({
        reason: "not_continued",
        message: expect.stringContaining(
          "`thinking` is false, but the chat template opens a thought",
        ),
      }),
    );
  });
});
