import { Template } from "@huggingface/jinja";
import { GlimpRouterError } from "../errors.js";
import { guardVariables } from "./guard-variables.js";
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

/** Functions of ours, under no template's own names: what the added checks call, and what refuses messages. */
const CHECK = "__glimprouter_given";
const REFUSE = "__glimprouter_refuse";

/** The engine's own `raise_exception` throws the same errors as the engine itself does. */
const OWN_REFUSAL = `{% set raise_exception = ${REFUSE} %}`;

const WHERE_RENDERED =
  'Where the server renders the prompt (`continuation: "vllm"`, `"sglang"` or `"llamacpp"`), the thought can still go on; elsewhere give a template that writes the same text in simpler words.';

/**
 * Renders messages with a model's own chat template, as `transformers` does, but for one thing: using a
 * variable that nobody gave is an error, not an empty string. (Asking whether it `is defined`, or testing
 * it in an `if`, is how templates have options, and stays allowed.)
 *
 * @throws GlimpRouterError `invalid_option` where the template is broken or uses an unknown variable;
 * `invalid_input` where it refuses the messages (`raise_exception`); `template_engine` where the engine fails
 */
export function renderChatTemplate(input: ChatTemplateInput): string {
  const template = parseTemplate(input.template);
  const missing: string[] = [];
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
    [CHECK]: (name: string): never => {
      missing.push(name);
      throw new Error(`the variable \`${name}\` was not given`);
    },
    [REFUSE]: (why: unknown): never => {
      refusals.push(String(why));
      throw new Error(String(why));
    },
  };
  try {
    return template.render(variables);
  } catch (cause) {
    throw renderingError(cause, { missing: missing[0], refusal: refusals[0] });
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

/** Templates that were parsed: a process has as many as it has models. */
const parsedTemplates = new Map<string, Template>();

function parseTemplate(text: string): Template {
  const parsed = parsedTemplates.get(text);
  if (parsed !== undefined) return parsed;
  try {
    const template = new Template(text);
    guardVariables(template, CHECK);
    template.parsed.body.unshift(...new Template(OWN_REFUSAL).parsed.body);
    parsedTemplates.set(text, template);
    return template;
  } catch (cause) {
    throw new GlimpRouterError(
      `The chat template cannot be parsed: ${messageOf(cause)}. If it is the model's own, and complete, the template engine (@huggingface/jinja) lacks what it uses. ${WHERE_RENDERED}`,
      { reason: "invalid_option", cause },
    );
  }
}

function renderingError(
  cause: unknown,
  {
    missing,
    refusal,
  }: { readonly missing: string | undefined; readonly refusal: string | undefined },
): GlimpRouterError {
  if (missing !== undefined) {
    return new GlimpRouterError(
      `The chat template uses \`${missing}\`, which nobody gave. Give it among the template's kwargs: { ${missing}: ... }`,
      { reason: "invalid_option", cause },
    );
  }
  if (refusal !== undefined) {
    return new GlimpRouterError(`The chat template refuses these messages: ${refusal}`, {
      reason: "invalid_input",
      cause,
    });
  }
  return new GlimpRouterError(
    `The template engine (@huggingface/jinja) lacks what this chat template uses: ${messageOf(cause)}. ${WHERE_RENDERED}`,
    { reason: "template_engine", cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
