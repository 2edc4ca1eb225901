import { GlimpRouterError } from "../../errors.js";
import type {
  PromptText,
  PromptTextRequest,
  PromptTextSource,
} from "../completion/prompt-text-source.js";
import { wantsPrompt } from "../completion/wants-prompt.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import {
  answerMessage,
  answerStatus,
  printableURL,
  quoteFor,
  secretsOfAccess,
} from "../connection/server-error.js";
import { showableCause } from "../connection/showable-cause.js";
import { UnexpectedReply } from "../connection/unexpected-reply.js";
import { sglangServer } from "./sglang-server.js";

/** What an SGLang server does with every text, whatever the prompt. */
interface ServerHabits {
  /** The BOS that its tokenizer puts before a text by itself; "" for none. */
  readonly addedBos: string;
  /** Tokens that prompt and reply may have together. */
  readonly contextSize: number | null;
}

/** Habits by server and model. Failures are not kept. */
const knownHabits = new Map<string, ServerHabits>();

/**
 * SGLang's way: `/tokenize` renders the messages with the server's own chat template and gives ids,
 * `/detokenize` their text. Both are there under `/v1`, too, so a gateway that exposes nothing else will do.
 *
 * What differs from vLLM (read in SGLang 0.5.23's source): the text comes as `text`, without its special
 * tokens unless they are asked for; `max_model_len` is the tokenizer's, not the server's, which its list of
 * models tells; and no field keeps a text completion from getting a BOS of the tokenizer's, so a text that
 * has one loses it here.
 */
export function sglangTokenize(access: OpenAIAccess): PromptTextSource {
  return async (request, signal) => {
    const [{ text, tokens }, { addedBos, contextSize }] = await Promise.all([
      renderMessages(access, request, signal).catch((error: unknown) => {
        throw tooOld(error, access) ?? error;
      }),
      serverHabits(access, request.model, signal),
    ]);
    return {
      text: addedBos !== "" && text.startsWith(addedBos) ? text.slice(addedBos.length) : text,
      tokens,
      contextSize,
      serverAddsBos: addedBos !== "",
    };
  };
}

async function renderMessages(
  access: OpenAIAccess,
  { model, messages, tools, rendering }: PromptTextRequest,
  signal?: AbortSignal,
): Promise<Pick<PromptText, "text" | "tokens">> {
  const ids = await tokenize(
    access,
    { model, messages, ...(tools === null ? {} : { tools }), ...rendering },
    signal,
  );
  return { text: await detokenize(access, model, ids, signal), tokens: ids.length };
}

/** Asked for once per server and model. */
async function serverHabits(
  access: OpenAIAccess,
  model: unknown,
  signal?: AbortSignal,
): Promise<ServerHabits> {
  const key = JSON.stringify([access.rootURL, model]);
  const habits = knownHabits.get(key) ?? (await askHabits(access, model, signal));
  knownHabits.set(key, habits);
  return habits;
}

/** Any text shows whether a BOS is put before it. */
const SAMPLE = "a";

async function askHabits(
  access: OpenAIAccess,
  model: unknown,
  signal?: AbortSignal,
): Promise<ServerHabits> {
  const [sample, served, { maxInput }] = await Promise.all([
    tokenize(access, { model, prompt: SAMPLE }, signal).then((ids) =>
      detokenize(access, model, ids, signal),
    ),
    servedContextSize(access, model, signal),
    sglangServer(access, signal),
  ]);
  const at = sample.lastIndexOf(SAMPLE);
  const sizes = [served, maxInput].filter((size) => size !== null);
  return {
    addedBos: at === -1 ? "" : sample.slice(0, at).trim(),
    // A KV pool may be smaller than the context that the list of models tells.
    contextSize: sizes.length === 0 ? null : Math.min(...sizes),
  };
}

/** Ids of a text, or of rendered messages. */
export async function tokenize(
  access: OpenAIAccess,
  body: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const reply = await requestJson(access, "/tokenize", body, signal);
  const ids = (reply as { tokens?: unknown } | null)?.tokens;
  if (Array.isArray(ids)) return ids;
  throw unexpected("/tokenize", "tokens", reply);
}

/** The text of ids, special tokens included. */
export async function detokenize(
  access: OpenAIAccess,
  model: unknown,
  tokens: readonly number[],
  signal?: AbortSignal,
): Promise<string> {
  const body = { model, tokens, skip_special_tokens: false };
  const reply = await requestJson(access, "/detokenize", body, signal);
  const text = (reply as { text?: unknown } | null)?.text;
  if (typeof text === "string") return text;
  throw unexpected("/detokenize", "text", reply);
}

/** Its /tokenize knows no messages. */
function tooOld(error: unknown, access: OpenAIAccess): GlimpRouterError | null {
  if (!wantsPrompt(error)) return null;
  const message = answerMessage(error) ?? String((error as { message?: unknown } | null)?.message);
  const said = quoteFor(access, message.replace(/^\d{3} /, ""));
  return new GlimpRouterError(
    `The ${access.role} model's server at ${printableURL(access)} cannot render a prompt from messages: ${answerStatus(error)} ${said}. Use SGLang 0.5.12 or newer (0.5.16 for tools) without sglang-router in between, or \`continuation: { template, serverAddsBos: true }\` with the model's chat template and SGLANG_RETURN_ORIGINAL_LOGPROB=1 on the small model's server.`,
    { reason: "server", role: access.role, cause: showableCause(error, secretsOfAccess(access)) },
  );
}

function unexpected(path: string, field: string, reply: unknown): UnexpectedReply {
  const text = typeof reply === "string" ? reply : JSON.stringify(reply);
  return new UnexpectedReply(200, `no \`${field}\` from ${path}`, text);
}

/** Of the model, or of the one there is: SGLang takes any name for it. Never worth an error. */
async function servedContextSize(
  access: OpenAIAccess,
  model: unknown,
  signal?: AbortSignal,
): Promise<number | null> {
  try {
    const reply = await requestJson(access, "/models", undefined, signal);
    const { data = [] } = reply as { data?: { id?: unknown; max_model_len?: unknown }[] };
    const served = data.find(({ id }) => id === model) ?? data[0];
    const size = served?.max_model_len;
    return typeof size === "number" && size > 0 ? size : null;
  } catch {
    return null;
  }
}
