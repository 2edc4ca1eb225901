import type { ToolChoice } from "@langchain/core/language_models/chat_models";
import { GlimpRouterError } from "../../errors.js";
import type { AnswerFields } from "../../prompt/thought-prompt.js";

/**
 * Which tool the answer is to call, in OpenAI's format. LangChain says `"any"` for OpenAI's `"required"`, and
 * lets a tool be named by its name alone; other providers have forms of their own.
 *
 * @param names - of the tools that the call has
 * @throws GlimpRouterError `invalid_option` where no such tool is there: a server would say so only behind the
 * thought
 */
export function openAIToolChoice(
  choice: ToolChoice | undefined,
  names: readonly string[],
): AnswerFields["tool_choice"] {
  if (choice === undefined) return undefined;
  const word = wordOf(choice);
  return word === null ? namedTool(choice, names) : inWord(word, names.length > 0);
}

const WORDS = ["any", "auto", "none", "required"] as const;

/** A choice that names no tool; Anthropic's form of it is `{ type: "any" }`. */
function wordOf(choice: ToolChoice): (typeof WORDS)[number] | null {
  const said = typeof choice === "string" ? choice : choice.type;
  return WORDS.find((word) => word === said) ?? null;
}

function inWord(word: (typeof WORDS)[number], hasTools: boolean): AnswerFields["tool_choice"] {
  if (word === "auto" || word === "none") return hasTools ? word : undefined;
  if (hasTools) return "required";
  throw invalidChoice(word, "there are no tools");
}

function namedTool(choice: ToolChoice, names: readonly string[]): AnswerFields["tool_choice"] {
  const name = typeof choice === "string" ? choice : nameIn(choice);
  if (name === null) return choice as AnswerFields["tool_choice"];
  if (names.includes(name)) return { type: "function", function: { name } };
  const known = names.map((each) => JSON.stringify(each)).join(", ");
  throw invalidChoice(name, known === "" ? "there are no tools" : `the tools are ${known}`);
}

/** `{ type: "function", function: { name } }`, or as others than OpenAI write it. */
function nameIn(choice: Readonly<Record<string, unknown>>): string | null {
  const { name } = (choice.function ?? choice) as { readonly name?: unknown };
  return typeof name === "string" ? name : null;
}

function invalidChoice(value: string, why: string): GlimpRouterError {
  return new GlimpRouterError(
    `Call option \`tool_choice\` cannot be ${JSON.stringify(value)}: ${why}. Give the name of a tool that is bound, "auto", "any" or "none".`,
    { reason: "invalid_option" },
  );
}
