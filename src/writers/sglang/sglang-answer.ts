import { GlimpRouterError } from "../../errors.js";
import type { AnswerFields, ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { StepWriter } from "../../router/step-writer.js";
import { chatAnswer } from "../chat-answer/chat-answer.js";
import { forcedCall, forcedTools } from "../chat-answer/forced-call.js";
import { responseFormatAnswer } from "../chat-answer/response-format-answer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import type { TextCompletionOptions } from "../completion/text-completion.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { printableURL } from "../connection/server-error.js";
import { carryAsIds, carryInMessage } from "./sglang-carry.js";
import { alwaysExpectsThought, type SglangServer, sglangServer } from "./sglang-server.js";

type Answer = NonNullable<StepWriter<ThoughtPrompt, ToolCallPart>["answer"]>;

/**
 * Answers with tools or in a response format, in the way that this server is known to obey: its two front
 * ends and its reasoning parsers each ignore some fields without a word.
 *
 * @param fields - further fields of each request
 */
export function sglangAnswer(
  options: TextCompletionOptions,
  fields: Readonly<Record<string, unknown>>,
): Answer {
  const { access } = options;
  // Its reasoning parser would take the answer for a thought, and hide its calls from the tool parser.
  const inChat = { access, fields: { ...fields, separate_reasoning: false } };
  const inIds = chatAnswer({ ...inChat, carry: carryAsIds(access) });
  const inMessage = chatAnswer({ ...inChat, carry: carryInMessage });
  const python = responseFormatAnswer(options, {
    withTools: inIds,
    responseFormatFields: (response_format) => ({ response_format }),
  });
  return async function* answer(from, prompt, thought, how, signal) {
    const server = await sglangServer(access, signal);
    requireAnswerable(server, prompt, access);
    const call = alwaysExpectsThought(server) ? forcedCall(prompt.answer ?? {}) : null;
    if (call !== null) {
      const asText = { ...prompt, answer: { response_format: call.responseFormat } };
      return yield* call.read(python(from, asText, thought, how, signal));
    }
    const ask = server.isRust ? inMessage : python;
    yield* ask(from, withStrictTools(prompt), thought, how, signal);
  };
}

/** Without it SGLang holds a forced call's name, and nothing else, to a form. */
function withStrictTools(prompt: ThoughtPrompt): ThoughtPrompt {
  const { answer = {} } = prompt;
  const forced = new Set(forcedTools(answer));
  if (forced.size === 0) return prompt;
  const tools = answer.tools?.map((tool) => {
    const definition = tool.function as Readonly<Record<string, unknown>>;
    return forced.has(tool) ? { ...tool, function: { strict: true, ...definition } } : tool;
  });
  return { ...prompt, answer: { ...answer, ...(tools === undefined ? {} : { tools }) } };
}

/**
 * The Rust front end goes on with a message, and its grammars wait for a closing tag where there is a parser:
 * the switch that ends the waiting would make a template put an empty thought before the message.
 *
 * @throws GlimpRouterError `invalid_option` where neither tools nor a response format would be obeyed
 */
export function requireAnswerable(
  server: SglangServer,
  { answer = {} }: ThoughtPrompt,
  access: OpenAIAccess,
): void {
  const { isRust, reasoningParser } = server;
  if (!isRust || reasoningParser === null || !needsChat(answer)) return;
  throw new GlimpRouterError(
    `The ${access.role} model's server at ${printableURL(access)} runs SGLang's Rust front end (SGLANG_RUST_SERVER=1) with \`--reasoning-parser ${reasoningParser}\`, and the two together obey neither tools nor a response format behind a thought. Start it without SGLANG_RUST_SERVER, or without the parser: the thought needs none.`,
    { reason: "invalid_option", role: access.role },
  );
}

function needsChat({ tools = [], tool_choice, response_format }: AnswerFields): boolean {
  return (tools.length > 0 && tool_choice !== "none") || response_format !== undefined;
}
