import { Template } from "@huggingface/jinja";
import { GlimpRouterError } from "../errors.js";
import type { OpenAIMessage, OpenAIToolCall } from "./to-openai-messages.js";

export interface ChatTemplateInput {
  /** The model's own Jinja chat template. */
  readonly template: string;
  /** Messages in OpenAI's format. */
  readonly messages: readonly OpenAIMessage[];
  /** Tools in OpenAI's format. */
  readonly tools?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** `null`: the model has none, and the template gets `""`. */
  readonly bosToken?: string | null | undefined;
  readonly eosToken?: string | null | undefined;
  /** Ends the text where the assistant's words begin. Default: `true`. */
  readonly addGenerationPrompt?: boolean;
  /** The template's own variables, as `{ enable_thinking: true }`; they win over the ones above. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
}

/** A node of the parsed template; its own classes are not exported. */
interface TemplateNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Properties of a node that hold a list of statements. */
const BLOCKS = ["body", "alternate", "defaultBlock"] as const;

/** The function that the added checks call: no template's own name. */
const CHECK = "__glimprouter_given";

/**
 * Renders messages with a model's own chat template, as `transformers` does, but for one thing: printing a
 * variable that nobody gave is an error, not an empty string. (Asking whether it `is defined`, or testing
 * it in an `if`, is how templates have options, and stays allowed.)
 *
 * @throws GlimpRouterError `invalid_option` where the template is broken or prints an unknown variable;
 * `invalid_input` where it refuses the messages (`raise_exception`)
 */
export function renderChatTemplate(input: ChatTemplateInput): string {
  const template = parseTemplate(input.template);
  const refusals: string[] = [];
  const variables = {
    messages: input.messages.map(withParsedArguments),
    // Templates are written for `transformers`, which always defines these two, as None where there are none.
    tools: input.tools !== undefined && input.tools.length > 0 ? input.tools : null,
    documents: null,
    bos_token: input.bosToken ?? "",
    eos_token: input.eosToken ?? "",
    add_generation_prompt: input.addGenerationPrompt ?? true,
    ...input.kwargs,
    [CHECK]: (given: boolean, name: string): null => {
      if (!given) refusals.push(name);
      if (!given) throw new Error(`the variable \`${name}\` was not given`);
      return null;
    },
  };
  try {
    return template.render(variables);
  } catch (cause) {
    throw renderingError(cause, refusals[0]);
  }
}

/** Templates take a tool call's arguments as an object (servers parse them, too), OpenAI as JSON in a string. */
function withParsedArguments(message: OpenAIMessage): Readonly<Record<string, unknown>> {
  if (message.tool_calls === undefined) return message;
  return { ...message, tool_calls: message.tool_calls.map(withParsedCall) };
}

function withParsedCall(call: OpenAIToolCall): Readonly<Record<string, unknown>> {
  try {
    return {
      ...call,
      function: { ...call.function, arguments: JSON.parse(call.function.arguments) },
    };
  } catch {
    return { ...call }; // What a model wrote may be no JSON: then the template gets its text.
  }
}

function parseTemplate(text: string): Template {
  try {
    const template = new Template(text);
    checkPrintedNames(template.parsed.body as unknown as TemplateNode[]);
    return template;
  } catch (cause) {
    throw new GlimpRouterError(`The chat template cannot be parsed: ${messageOf(cause)}`, {
      reason: "invalid_option",
      cause,
    });
  }
}

/** Puts a check in front of every statement that prints a variable (or a member of one). */
function checkPrintedNames(statements: TemplateNode[]): void {
  for (let index = 0; index < statements.length; index++) {
    const statement = statements[index];
    if (statement === undefined) continue;
    const name = printedName(statement);
    if (name !== null) statements.splice(index++, 0, checkStatement(name));
    for (const key of BLOCKS) {
      const block = statement[key];
      if (Array.isArray(block)) checkPrintedNames(block);
    }
  }
}

/** The variable behind `{{ name }}` or `{{ name.member["x"] }}`, `null` for any other statement. */
function printedName(statement: TemplateNode): string | null {
  let node = statement;
  while (node.type === "MemberExpression") node = node.object as TemplateNode;
  return node.type === "Identifier" && typeof node.value === "string" ? node.value : null;
}

function checkStatement(name: string): TemplateNode {
  const check = new Template(`{{ ${CHECK}(${name} is defined, "${name}") }}`);
  return check.parsed.body[0] as unknown as TemplateNode;
}

function renderingError(cause: unknown, missing: string | undefined): GlimpRouterError {
  return missing === undefined
    ? new GlimpRouterError(`The chat template refuses these messages: ${messageOf(cause)}`, {
        reason: "invalid_input",
        cause,
      })
    : new GlimpRouterError(
        `The chat template prints \`${missing}\`, which nobody gave. Give it among the template's kwargs: { ${missing}: ... }`,
        { reason: "invalid_option", cause },
      );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
