import type { ToolChoice } from "@langchain/core/language_models/chat_models";
import { GlimpRouterError } from "../../errors.js";
import type { AnswerFields } from "../../prompt/thought-prompt.js";

/**
 * Which tool the answer is to call, in OpenAI's format. LangChain says `"any"` for OpenAI's `"required"`, and
 * lets a tool be named by its name alone.
 *
 * @param names - of the tools that the call has
 * @throws GlimpRouterError `invalid_option` where no such tool is there: a server would say so only behind the
 * thought
 */
export function openAIToolChoice(
  choice: ToolChoice | undefined,
  names: readonly string[],
): AnswerFields["tool_choice"] {
  const has = names.length > 0;
  if (choice === undefined) return undefined;
  if (choice === "auto" || choice === "none") return has ? choice : undefined;
  if (choice === "any" || choice === "required") {
    if (has) return "required";
    throw invalidChoice(choice, "there are no tools");
  }
  const name = typeof choice === "string" ? choice : nameIn(choice);
  if (name !== null && !names.includes(name)) {
    const known = names.map((each) => JSON.stringify(each)).join(", ");
    throw invalidChoice(name, has ? `the tools are ${known}` : "there are no tools");
  }
  if (typeof choice !== "string") return choice;
  return { type: "function", function: { name: choice } };
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
