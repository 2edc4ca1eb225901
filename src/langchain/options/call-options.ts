import type {
  BaseChatModelCallOptions,
  BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { GlimpRouterError } from "../../errors.js";
import type { AnswerFields } from "../../prompt/thought-prompt.js";
import type { ResumeState } from "../resume/resume-state.js";
import type { RoutingOptions } from "./routing-options.js";
import { openAIToolChoice } from "./tool-choice.js";

/** Options of one call. Those of routing shape the thought, the others the answer; the thought only sees the tools. */
export interface GlimpRouterCallOptions extends BaseChatModelCallOptions, RoutingOptions {
  /**
   * The most tokens of thought and answer together, 1 or more, within the router's own limits. A quarter of it is kept free
   * for the answer. Absent: the router's limits alone.
   */
  readonly maxTokens?: number | undefined;
  /**
   * `error.resume` of a call that broke off, or what `JSON.parse` makes of its JSON: this call goes on with that reply. Give the
   * same messages; servers and models may be others. `stream` then yields what is new, `invoke` the whole reply.
   */
  readonly resume?: ResumeState | undefined;
  /** Tools that the answer may call, in any of LangChain's forms or in OpenAI's. */
  readonly tools?: readonly BindToolsInput[] | undefined;
  /** May the answer call several tools at once? As the server decides where absent. */
  readonly parallel_tool_calls?: boolean | undefined;
  /** The answer's response format, as OpenAI writes it: `{ type: "json_schema", json_schema: ... }`. */
  readonly response_format?: Readonly<Record<string, unknown>> | undefined;
  /** Arguments follow the tools' schemas exactly, where the server can hold a model to it. */
  readonly strict?: boolean | undefined;
}

/**
 * What a call asks of the answer, in OpenAI's format. Only what the router knows: frameworks put much into
 * the options that is noise of the run (writers, checkpoints, signals).
 *
 * @throws GlimpRouterError `invalid_input` for a tool that is no function, `invalid_option` for a `tool_choice`
 * of none of them
 */
export function answerFields(options: GlimpRouterCallOptions): AnswerFields {
  const { tool_choice, parallel_tool_calls, response_format, strict } = options;
  const tools = (options.tools ?? []).map((tool) => toOpenAITool(tool, strict));
  const fields = {
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: openAIToolChoice(
      tool_choice,
      tools.map((tool) => tool.function.name),
    ),
    parallel_tool_calls: tools.length === 0 ? undefined : parallel_tool_calls,
    response_format,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * The limit of one call's reply.
 *
 * @throws GlimpRouterError `invalid_option`
 */
export function replyLimit({ maxTokens }: GlimpRouterCallOptions): {
  readonly maxReplyTokens?: number;
} {
  if (maxTokens === undefined) return {};
  if (Number.isSafeInteger(maxTokens) && maxTokens >= 1) return { maxReplyTokens: maxTokens };
  throw new GlimpRouterError(
    `Call option \`maxTokens\` cannot be ${String(maxTokens)}. Give a whole number of tokens, 1 or more: thought and answer together.`,
    { reason: "invalid_option" },
  );
}

/** Can the answer be told in text alone, as a continuation of the thought? */
export function isTextAnswer({ tools, tool_choice, response_format }: AnswerFields): boolean {
  const callsTools = tools !== undefined && tool_choice !== "none";
  const hasFormat = response_format !== undefined && response_format.type !== "text";
  return !callsTools && !hasFormat;
}

/** A tool in OpenAI's format, as far as it is looked at. */
type OpenAIFunctionTool = Record<string, unknown> & {
  readonly function: { readonly name: string };
};

function toOpenAITool(tool: BindToolsInput, strict?: boolean): OpenAIFunctionTool {
  const given = tool as Record<string, unknown>;
  const converted = convertToOpenAITool(given, strict === undefined ? undefined : { strict });
  const { type, function: definition } = converted as {
    type?: unknown;
    function?: { name?: unknown };
  };
  if (type === "function" && typeof definition?.name === "string") {
    return { ...converted } as OpenAIFunctionTool;
  }
  throw new GlimpRouterError(
    `Expected each of \`tools\` to be a function, got one of type ${JSON.stringify(type ?? typeof tool)}. Give LangChain tools, or OpenAI's { type: "function", function: { name, description, parameters } }; a provider's built-in tools run on no server of one's own.`,
    { reason: "invalid_input" },
  );
}
