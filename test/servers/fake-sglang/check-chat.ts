import type { FakeSglangOptions, SglangViolation } from "./fake-sglang-options.js";
import { SglangError } from "./sglang-error.js";

type Body = Readonly<Record<string, unknown>>;
interface Tool {
  readonly function?: { readonly name?: unknown; readonly strict?: unknown };
}

/** What the fake refuses of a chat request: as SGLang does, in its words; 418 for what the fake cannot do. */
export function checkChat(body: Body, contextLength: number): void {
  const { messages, input_ids, stream, n = 1 } = body;
  if (!Array.isArray(messages)) throw invalid("messages: Field required");
  if (input_ids != null && !isListOfIds(input_ids)) {
    throw invalid("input_ids: Input should be a valid list of integers");
  }
  const tools = toolsOf(body);
  if (messages.length === 0) throw new SglangError(400, "Messages cannot be empty.");
  checkTemplateKwargs(body);
  checkToolChoice(body, tools);
  checkMaxTokens(body, contextLength);
  checkForm(body);
  if (stream !== true) throw new SglangError(418, "The fake only streams chat replies.");
  if (n !== 1) throw new SglangError(418, "The fake writes one choice.");
}

/** The tools that the model is shown, and whose calls are looked for. */
export function shownTools(body: Body): readonly Tool[] {
  const { tool_choice: choice } = body;
  if (choice === "none") return [];
  const named = typeof choice === "object" && choice !== null ? nameOf(choice as Tool) : null;
  return toolsOf(body).filter((tool) => named === null || nameOf(tool) === named);
}

/** What is asked of a chat answer, and not done. */
export function chatViolations(
  body: Body,
  tools: readonly Tool[],
  { rust = false, reasoningParser = false }: FakeSglangOptions,
): SglangViolation[] {
  const { tool_choice: choice, response_format, input_ids } = body;
  const isForced = choice === "required" || (typeof choice === "object" && choice !== null);
  const kwargs = (body.chat_template_kwargs ?? {}) as { enable_thinking?: unknown };
  const waits = reasoningParser === true || (reasoningParser && kwargs.enable_thinking !== false);
  const isStrict = tools.every(({ function: definition }) => definition?.strict === true);
  return [
    ...(isForced && (waits || !isStrict) ? (["unheld_call"] as const) : []),
    ...(response_format && waits ? (["ignored_format"] as const) : []),
    ...(rust && waits && tools.length > 0 ? (["ignored_tools"] as const) : []),
    ...(rust && input_ids != null ? (["ignored_ids"] as const) : []),
  ];
}

function toolsOf({ tools }: Body): readonly Tool[] {
  if (tools == null) return [];
  if (!Array.isArray(tools)) throw invalid("tools: Input should be a valid list");
  if (tools.some((tool) => typeof nameOf(tool) !== "string")) {
    throw invalid("tools.function.name: Field required");
  }
  return tools;
}

function nameOf(tool: Tool): unknown {
  return tool.function?.name;
}

function checkTemplateKwargs({ chat_template_kwargs: kwargs }: Body): void {
  if (typeof kwargs !== "object" || kwargs === null || !("chat_template" in kwargs)) return;
  throw new SglangError(
    400,
    "Request-supplied chat_template is not allowed. Start the server with --trust-request-chat-template to permit it.",
  );
}

function checkToolChoice({ tool_choice: choice }: Body, tools: readonly Tool[]): void {
  if (typeof choice === "object" && choice !== null) {
    const name = nameOf(choice as Tool);
    if (tools.length === 0) {
      throw new SglangError(400, "Tools cannot be empty if tool choice is set to a specific tool.");
    }
    if (tools.some((tool) => nameOf(tool) === name)) return;
    throw new SglangError(400, `Tool '${name}' not found in tools list.`);
  }
  if (choice === "required" && tools.length === 0) {
    throw new SglangError(400, "Tools cannot be empty if tool choice is set to required.");
  }
  if (choice != null && !["auto", "required", "none"].includes(String(choice))) {
    throw invalid("tool_choice: Input should be 'auto', 'required' or 'none'");
  }
}

function checkMaxTokens(body: Body, contextLength: number): void {
  const asked = maxTokensOf(body);
  if (asked === null || asked <= contextLength) return;
  throw new SglangError(
    400,
    `max_completion_tokens is too large: ${asked}.This model supports at most ${contextLength} completion tokens.`,
  );
}

/** `null`: all there is room for. */
export function maxTokensOf({ max_completion_tokens, max_tokens }: Body): number | null {
  return Number(max_completion_tokens ?? 0) || Number(max_tokens ?? 0) || null;
}

function checkForm({ response_format }: Body): void {
  const form = (response_format ?? {}) as { type?: unknown; json_schema?: { schema?: unknown } };
  if (form.type !== "json_schema" || form.json_schema?.schema != null) return;
  throw new SglangError(400, "schema_ is required for json_schema response format request.");
}

function isListOfIds(ids: unknown): boolean {
  return Array.isArray(ids) && ids.every(Number.isInteger);
}

function invalid(what: string): SglangError {
  return new SglangError(400, `1 validation error: ${what}`);
}
