import { GlimpRouterError } from "../../errors.js";
import type { OpenAIMessage } from "../../prompt/to-openai-messages.js";
import type {
  PromptText,
  PromptTextRequest,
  PromptTextSource,
} from "../completion/prompt-text-source.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { printableURL } from "../connection/server-error.js";
import { commonFields, toGenerateRequest } from "./generate-request.js";
import { addsBos, isNamed, loadedModels, requireVersion } from "./ollama-server.js";

/**
 * Ollama's way: `/api/chat` renders the messages as it would for a reply, with the model's Go template, its renderer
 * or its Jinja template, whichever the server takes; nothing is left out of them (`truncate: false`).
 *
 * Then one token is asked for: its reply tells how many tokens the prompt has, the model is loaded by it, and the next
 * request finds the prompt in the cache. What the context holds is told of a loaded model only.
 */
export function renderedByOllama(access: OpenAIAccess): PromptTextSource {
  return async (request, signal) => {
    await requireVersion(access, signal);
    const rendered = await renderMessages(access, request, signal);
    const text = await withoutBos(access, { model: request.model, text: rendered }, signal);
    return { text, ...(await measured(access, request.model, text, signal)), serverAddsBos: true };
  };
}

/** The user's own template in place of the server's rendering; the rest is as above. */
export function renderedFor(access: OpenAIAccess, template: PromptTextSource): PromptTextSource {
  return async (request, signal) => {
    await requireVersion(access, signal);
    const given = await template(request, signal);
    return { ...given, ...(await measured(access, request.model, given.text, signal)) };
  };
}

/**
 * The prompt's text as the server would give it to the model.
 *
 * @throws GlimpRouterError `not_continued` where the server does not tell it
 */
export async function renderMessages(
  access: OpenAIAccess,
  { messages, tools }: Pick<PromptTextRequest, "messages" | "tools">,
  signal?: AbortSignal,
): Promise<string> {
  const params = access.invocationParams();
  const { options, ...common } = commonFields(params);
  const body = {
    ...common,
    messages: messages.map(toOllamaMessage),
    ...(tools === null ? {} : { tools }),
    ...(params.think === undefined ? {} : { think: params.think }),
    stream: false,
    truncate: false,
    _debug_render_only: true,
    // A server that does not know the field answers: with one token, at least.
    options: { ...(options as object), num_predict: 1 },
  };
  const reply = await requestJson(access, `${access.rootURL}/api/chat`, body, signal);
  const { _debug_info: info } = (reply ?? {}) as { _debug_info?: { rendered_template?: unknown } };
  const text = info?.rendered_template;
  if (typeof text === "string") return text;
  const { role } = access;
  throw new GlimpRouterError(
    `The ${role} model's server at ${printableURL(access)} does not tell what it makes of a prompt (\`_debug_render_only\`). Two ways out: an Ollama of 0.12.11 or newer, reached directly; or the model's own chat template, \`continuation: { ${role}: { template, serverAddsBos: true } }\` with a \`ChatOllama\`.`,
    { reason: "not_continued", role },
  );
}

/** As `ChatOllama` sends them: arguments as an object, reasoning in a field of Ollama's name. */
function toOllamaMessage(message: OpenAIMessage): Readonly<Record<string, unknown>> {
  const { role, content, tool_calls, reasoning_content, ...others } = message;
  return {
    role: role === "developer" ? "system" : role,
    content,
    ...others,
    ...(reasoning_content === undefined ? {} : { thinking: reasoning_content }),
    ...(tool_calls === undefined
      ? {}
      : {
          tool_calls: tool_calls.map(({ id, function: { name, arguments: json } }) => ({
            id,
            function: { name, arguments: JSON.parse(json) },
          })),
        }),
  };
}

/** BOS of the families that Ollama serves, as their templates write it. */
const BOS_TEXTS: readonly string[] = [
  "<s>",
  "<bos>",
  "<|begin_of_text|>",
  "<|startoftext|>",
  "<｜begin▁of▁sentence｜>",
  "<BOS_TOKEN>",
];

/** Where the server puts a BOS before each text, the one that the template wrote would be the second. */
async function withoutBos(
  access: OpenAIAccess,
  { model, text }: { readonly model: unknown; readonly text: string },
  signal?: AbortSignal,
): Promise<string> {
  const bos = writtenBos(text);
  return bos !== "" && (await addsBos(access, model, signal)) ? text.slice(bos.length) : text;
}

/** The BOS that a prompt's text begins with; empty where it has none. */
export function writtenBos(text: string): string {
  return BOS_TEXTS.find((each) => text.startsWith(each)) ?? "";
}

async function measured(
  access: OpenAIAccess,
  model: unknown,
  prompt: string,
  signal?: AbortSignal,
): Promise<Pick<PromptText, "tokens" | "contextSize">> {
  const tokens = await countRaw(access, prompt, signal);
  const loaded = (await loadedModels(access, signal)).find((each) => isNamed(each, model));
  return { tokens, contextSize: loaded?.contextLength ?? null };
}

/** The server's last word on a raw prompt that it may write one token behind. */
export async function askRaw(
  access: OpenAIAccess,
  prompt: string,
  signal?: AbortSignal,
): Promise<{ readonly prompt_eval_count?: unknown; readonly load_duration?: unknown }> {
  const fields = commonFields(access.invocationParams());
  const body = { ...toGenerateRequest({ ...fields, prompt, max_tokens: 1 }), stream: false };
  const reply = await requestJson(access, `${access.rootURL}/api/generate`, body, signal);
  return (reply ?? {}) as Awaited<ReturnType<typeof askRaw>>;
}

/** Tokens of a raw prompt, with the BOS that the server puts before it; `null` where it does not tell. */
export async function countRaw(
  access: OpenAIAccess,
  prompt: string,
  signal?: AbortSignal,
): Promise<number | null> {
  const { prompt_eval_count: count } = await askRaw(access, prompt, signal);
  return typeof count === "number" && count > 0 ? count : null;
}
