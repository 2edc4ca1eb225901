import { continuesByFlag, hasTools } from "./chat-flags.js";
import type { FakeLlamacppOptions } from "./fake-llamacpp-options.js";
import { LlamacppError } from "./llamacpp-error.js";

type Body = Readonly<Record<string, unknown>>;

/** What llama-server refuses of a chat request before it looks at the messages. */
export function checkChat(body: Body): void {
  const { tools, tool_choice: choice, stream, logprobs, top_logprobs } = body;
  // With "none", too.
  if (logprobs === true && hasTools(body) && stream === true) {
    throw new LlamacppError(400, "logprobs is not supported with tools + stream");
  }
  if (logprobs !== true && (top_logprobs ?? null) !== null) {
    throw new LlamacppError(400, "top_logprobs requires logprobs to be set to true");
  }
  checkTools(tools);
  if (typeof choice === "string" && !["auto", "none", "required"].includes(choice)) {
    throw new LlamacppError(400, `Invalid tool_choice: ${choice}`);
  }
}

/**
 * A response format is held from the message's first character on, prefilled text included: a thought that was carried
 * in `content` does not fit it. Only think tags that the template knows lie outside of it.
 */
export function checkForm(body: Body, { template }: Pick<FakeLlamacppOptions, "template">): void {
  const { response_format, messages } = body;
  const { type = "text" } = (response_format ?? {}) as { type?: unknown };
  if (type === "text" || !continuesByFlag(body)) return;
  const { content } = (messages as readonly { content?: unknown }[]).at(-1) ?? {};
  if (template === "qwen3" || template === "r1" || /^\s*(\{|$)/.test(String(content ?? ""))) return;
  throw new LlamacppError(400, "Failed to initialize samplers: std::exception");
}

function checkTools(tools: unknown): void {
  if ((tools ?? null) === null) return;
  const told = JSON.stringify(tools, null, 2);
  const refuse = (why: string) =>
    new LlamacppError(500, `Failed to parse tools: ${why}; tools = ${told}`, "server_error");
  if (!Array.isArray(tools)) throw refuse(`Expected 'tools' to be an array, got ${told}`);
  for (const tool of tools) {
    if (tool.type === undefined) throw refuse(`Missing tool type: ${JSON.stringify(tool)}`);
  }
}
