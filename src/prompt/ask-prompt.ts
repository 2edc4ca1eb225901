import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { withoutLineBreaks } from "../core/step-boundary.js";
import type { ThinkingTags } from "../core/thinking-tags.js";

/** What a model writes instead of a step where the reply itself is written in steps, and is complete. */
export const REPLY_IS_COMPLETE = "</reply>";

/** A tool as a thought needs to know it. */
export interface ToolNote {
  readonly name: string;
  readonly description: string;
}

/**
 * Asks for exactly the next step. The text so far goes into the last message: a message of the assistant's
 * would be closed, trimmed or refused, and system messages are not every model's. What is asked stands behind
 * it, so that each request begins like the one before (providers cache prefixes).
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
    readonly tools?: readonly ToolNote[];
  },
): BaseMessage[] {
  const { thought, thinking, delimiter, tools = [] } = about;
  const what = thinking === false ? "reply" : "thought";
  const separator = delimiter === "\n\n" ? "a blank line" : JSON.stringify(delimiter);
  const which = isBrokenOff(thought, delimiter)
    ? `Its last step was broken off, perhaps in the middle of a word. Write the rest of that step, beginning with the very next character; steps are separated by ${separator}.`
    : `Write its next step, exactly one; steps are separated by ${separator}.`;
  const ending =
    thinking === false
      ? `If the reply is complete as it stands, write ${REPLY_IS_COMPLETE} and nothing else.`
      : `If the thought has come to its result, so that only the answer is left to be given, write ${thinking.close} and nothing else.`;
  return withInstruction(
    messages,
    `${textSoFar(what, thought, tools)}

Two writers take turns with the ${what}; now it is yours. ${which} It goes on right where the text ends: no heading, no tags, no ${separator} inside, no repetition of what is there, no plan of what comes after. If the last step is wrong, correct it. ${ending}`,
  );
}

/** A step has begun, and its end is missing: what wrote it was cut. */
function isBrokenOff(thought: string, delimiter: string): boolean {
  const at = thought.lastIndexOf(delimiter);
  return thought.slice(at === -1 ? 0 : at + delimiter.length).trim() !== "";
}

/**
 * Asks for the answer to a question that was thought through.
 *
 * @param thought - the whole thought, without tags
 */
export function askForAnswer(
  messages: readonly BaseMessage[],
  about: { readonly thought: string; readonly tools?: readonly ToolNote[] },
): BaseMessage[] {
  return withInstruction(
    messages,
    `${textSoFar("thought", about.thought, about.tools ?? [])}

The thought is complete, and nobody else sees it. Now write the answer, on the strength of this thought. Give the answer alone: it does not mention the thought, nor these lines.`,
  );
}

/**
 * Asks for a rating of the last step that was written, 0 to 9.
 *
 * @param about.thought - the text so far, that step included, without tags
 */
export function askForRating(
  messages: readonly BaseMessage[],
  about: {
    readonly thought: string;
    readonly thinking: ThinkingTags | false;
    readonly tools?: readonly ToolNote[];
  },
): BaseMessage[] {
  const { thought, thinking, tools = [] } = about;
  const what = thinking === false ? "reply" : "thought";
  return withInstruction(
    messages,
    `${textSoFar(what, thought, tools)}

Rate the last step of this ${what}, from 0 (wrong) to 9 (right). Write one digit, and nothing else.`,
  );
}

/** Begins alike for every request of a reply: what was written stays where it is. */
function textSoFar(what: "thought" | "reply", thought: string, tools: readonly ToolNote[]): string {
  const purpose =
    what === "reply"
      ? "The reply to all of the above is written step by step."
      : "Before the above is answered, it is thought through in writing, step by step.";
  const notes = tools.map(({ name, description }) => `\n- ${name}: ${description}`).join("");
  const toolNote =
    notes === "" ? "" : ` The answer may call these tools, the ${what} itself cannot:${notes}\n`;
  const soFar =
    thought.trim() === ""
      ? `Nothing of the ${what} is written yet.`
      : `The ${what} so far, word for word:\n<${what}_so_far>\n${withoutLineBreaks(thought).trimEnd()}\n</${what}_so_far>`;
  return `${purpose}${toolNote} ${soFar}`;
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
