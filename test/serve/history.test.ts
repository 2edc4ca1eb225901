import { expect, it } from "vitest";
import { toOpenAIMessages } from "../../src/prompt/to-openai-messages.js";
import { readRequest } from "../../src/serve/request/read-request.js";
import { toMessages } from "../../src/serve/request/to-messages.js";

/** A history as the models' templates get it. */
function seen(messages: readonly object[]) {
  const request = readRequest({ model: "glimprouter", messages });
  return toOpenAIMessages(toMessages(request.messages));
}

const CALL = {
  id: "call_1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Oslo"}' },
};
const RESULT = { role: "tool", tool_call_id: "call_1", content: "Rain." };

it("keeps roles, names, text in parts, tool calls and their results", () => {
  expect(
    seen([
      { role: "developer", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "Weather " },
          { type: "text", text: "in Oslo?" },
        ],
        name: "Ida",
      },
      { role: "assistant", content: null, tool_calls: [CALL] },
      RESULT,
    ]),
  ).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: expect.stringMatching(/^Weather \n?in Oslo\?$/), name: "Ida" },
    { role: "assistant", content: "", tool_calls: [CALL] },
    RESULT,
  ]);
});

it.each(["reasoning_content", "reasoning"])(
  "drops a thought that comes back as %s before the last user message, and keeps it inside a tool loop",
  (field) => {
    const history = [
      { role: "user", content: "2+2?" },
      { role: "assistant", content: "4", [field]: "Easy." },
      { role: "user", content: "Weather?" },
      { role: "assistant", content: "", [field]: "Call it.", tool_calls: [CALL] },
      RESULT,
    ];
    expect(seen(history)).toEqual([
      { role: "user", content: "2+2?" },
      { role: "assistant", content: "4" },
      { role: "user", content: "Weather?" },
      { role: "assistant", content: "", reasoning_content: "Call it.", tool_calls: [CALL] },
      RESULT,
    ]);
  },
);

it("takes a thought in tags out of the text, likewise", () => {
  const content = "<think>\nEasy.\n</think>\n\n4, as <think> said.";
  expect(
    seen([
      { role: "assistant", content },
      { role: "user", content: "Sure?" },
    ])[0],
  ).toEqual({
    role: "assistant",
    content: "4, as <think> said.",
  });
  const inLoop = [
    { role: "user", content: "?" },
    { role: "assistant", content, tool_calls: [CALL] },
    RESULT,
  ];
  expect(seen(inLoop)[1]).toMatchObject({ reasoning_content: "Easy." });
});

it("a call without arguments is one with none", () => {
  const call = { ...CALL, function: { name: "now", arguments: "" } };
  const messages = [
    { role: "user", content: "?" },
    { role: "assistant", tool_calls: [call] },
    RESULT,
  ];
  expect(seen(messages)[1]?.tool_calls?.[0]?.function.arguments).toBe("{}");
});
