import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ThinkingTags } from "../core/thinking-tags.js";

/** What a model writes instead of a step where the reply itself is written in steps, and is complete. */
export const REPLY_IS_COMPLETE = "</reply>";

/**
 * Asks for exactly the next step. The text so far goes into the last message: a message of the assistant's
 * would be closed, trimmed or refused, and system messages are not every model's.
 *
 * @param about.thought - the text so far, without tags
 * @param about.delimiter - what separates two steps
 */
export function askForStep(
  messages: readonly BaseMessage[],
  about: {
    readonly thought: string;
    readonly thinking: ThinkingTags | false;
    readonly delimiter: string;
  },
): BaseMessage[] {
  const { thought, thinking, delimiter } = about;
  const what = thinking === false ? "reply" : "thought";
  const separator = delimiter === "\n\n" ? "a blank line" : JSON.stringify(delimiter);
  const soFar =
    thought.trim() === ""
      ? `Nothing of the ${what} is written yet: yours is its first step.`
      : `The ${what} so far, word for word:\n<${what}_so_far>\n${thought.trimEnd()}\n</${what}_so_far>`;
  const ending =
    thinking === false
      ? `If the reply is complete as it stands, write ${REPLY_IS_COMPLETE} and nothing else.`
      : `If the thought has come to its result, so that only the answer is left to be given, write ${thinking.close} and nothing else.`;
  return withInstruction(
    messages,
    `${purposeOf(thinking)} It is written step by step, and steps are separated by ${separator}. Two writers take turns; now it is yours.

${soFar}

Write the next step, exactly one. It goes on right where the text ends: no heading, no tags, no ${separator} inside, no repetition of what is there, no plan of what comes after. If the last step is wrong, correct it. ${ending}`,
  );
}

/**
 * Asks for the answer to a question that was thought through.
 *
 * @param thought - the whole thought, without tags
 */
export function askForAnswer(messages: readonly BaseMessage[], thought: string): BaseMessage[] {
  return withInstruction(
    messages,
    `This was thought through already. Whoever reads the answer does not see the thought:
<thought>
${thought.trim()}
</thought>

Now write the answer, on the strength of this thought. Give the answer alone: it does not mention the thought, nor these lines.`,
  );
}

function purposeOf(thinking: ThinkingTags | false): string {
  return thinking === false
    ? "The reply to all of the above is being written."
    : "Before the above is answered, it is thought through in writing.";
}

/** A message of the same kind must not follow the last one: some models refuse two in a row. */
function withInstruction(messages: readonly BaseMessage[], instruction: string): BaseMessage[] {
  const last = messages.at(-1);
  if (last === undefined || last.getType() !== "human") {
    return [...messages, new HumanMessage(instruction)];
  }
  const { content } = last;
  const merged =
    typeof content === "string"
      ? `${content}\n\n---\n${instruction}`
      : [...content, { type: "text", text: `\n\n---\n${instruction}` }];
  return [...messages.slice(0, -1), new HumanMessage({ content: merged as never })];
}
