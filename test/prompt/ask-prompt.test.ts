import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { askForAnswer, askForStep } from "../../src/prompt/ask-prompt.js";

const TAGS = { open: "[THINK]", close: "[/THINK]" };
const MESSAGES = [new SystemMessage("Be brief."), new HumanMessage("2+2?")];
const ABOUT = { thought: "We add.\n\n", thinking: TAGS, delimiter: "\n\n" } as const;

const lastOf = (messages: ReturnType<typeof askForStep>) => String(messages.at(-1)?.content);

describe("asking for a step", () => {
  it("changes no message of the caller's", () => {
    const before = structuredClone(MESSAGES.map(({ content }) => content));
    const asked = askForStep(MESSAGES, ABOUT);
    expect(MESSAGES.map(({ content }) => content)).toEqual(before);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(MESSAGES[0]);
  });

  it("names the model's own closing tag, and never the opening one", () => {
    const asked = lastOf(askForStep(MESSAGES, ABOUT));
    expect(asked).toContain("write [/THINK] and nothing else");
    expect(asked).not.toContain("[THINK]");
  });

  it("names a delimiter that is no blank line", () => {
    const asked = lastOf(askForStep(MESSAGES, { ...ABOUT, delimiter: "\n---\n" }));
    expect(asked).toContain('steps are separated by "\\n---\\n"');
    expect(asked).not.toContain("blank line");
  });

  it("puts a message of its own behind one that is not the user's", () => {
    const asked = askForStep([...MESSAGES, new AIMessage("4")], ABOUT);
    expect(asked.map((message) => message.getType())).toEqual(["system", "human", "ai", "human"]);
  });
});

describe("T1: the text so far", () => {
  it("keeps the indentation of its first line, and loses blank lines around it", () => {
    const thought = "\n  \n    - one\n\n    - two\n\n";
    const asked = lastOf(askForStep(MESSAGES, { ...ABOUT, thought }));
    expect(asked).toContain("<thought_so_far>\n    - one\n\n    - two\n</thought_so_far>");
  });
});

describe("asking for the answer", () => {
  it("shows the whole thought, and asks that it be kept to itself", () => {
    const asked = lastOf(askForAnswer(MESSAGES, { thought: "\nWe add.\n\nIt is 4.\n" }));
    expect(asked).toContain("<thought_so_far>\nWe add.\n\nIt is 4.\n</thought_so_far>");
    expect(asked).toContain("does not mention the thought");
  });
});
