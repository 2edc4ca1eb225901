import { GlimpRouterError } from "../../errors.js";
import { backoffMs, pause } from "../../router/backoff.js";
import type { PromptTextRequest, PromptTextSource } from "../completion/prompt-text-source.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { BrokenReply } from "../connection/read-body.js";
import { BrokenStream } from "../connection/read-events.js";
import { retriesOf } from "../connection/retries.js";
import { openStream, requestJson } from "../connection/send-request.js";
import { printableURL } from "../connection/server-error.js";

/**
 * vLLM behind a gateway that exposes only `/v1`: a chat request for one token tells the prompt's text with
 * it (`return_prompt_text`), `/v1/models` the context size.
 *
 * @throws GlimpRouterError `server` where the reply has no prompt text: the server is older, or another one
 * @throws BrokenReply where it was cut before that, each time
 */
export function promptTextOfChat(access: OpenAIAccess): PromptTextSource {
  return async (request, signal) => {
    const [{ text, tokens }, contextSize] = await Promise.all([
      promptText(access, request, signal),
      modelContextSize(access, request.model, signal),
    ]);
    return { text, tokens, contextSize, serverAddsBos: false };
  };
}

/** The first event has it all: a stream that was cut in front of it is asked for again, as a reply in JSON is. */
async function promptText(
  access: OpenAIAccess,
  request: PromptTextRequest,
  signal?: AbortSignal,
): Promise<{ text: string; tokens: number | null }> {
  for (let retry = 1; ; retry++) {
    try {
      return await askPromptText(access, request, signal);
    } catch (error) {
      if (!(error instanceof BrokenReply) || retry > retriesOf(access)) throw error;
    }
    await pause(backoffMs(retry), signal);
  }
}

async function askPromptText(
  access: OpenAIAccess,
  request: PromptTextRequest,
  signal?: AbortSignal,
): Promise<{ text: string; tokens: number | null }> {
  const { model, messages, tools, rendering, continueFinalMessage = false } = request;
  const stream = await openStream(
    access,
    "chat",
    {
      model,
      messages,
      // The template shows the tools; a choice would need the server's tool parser.
      ...(tools === null ? {} : { tools, tool_choice: "none" }),
      ...rendering,
      ...(continueFinalMessage
        ? { continue_final_message: true, add_generation_prompt: false }
        : {}),
      max_tokens: 1,
      return_prompt_text: true,
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    },
    signal,
  );
  let text: string | null = null;
  let tokens: number | null = null;
  let isFinished = false;
  try {
    for await (const item of stream) {
      const chunk = item as ToldChunk;
      if (typeof chunk.prompt_text === "string") text = chunk.prompt_text;
      if (typeof chunk.usage?.prompt_tokens === "number") tokens = chunk.usage.prompt_tokens;
      isFinished ||= chunk.choices?.some((choice) => choice?.finish_reason) === true;
    }
  } catch (error) {
    if (!(error instanceof BrokenStream)) throw error;
    if (text === null) throw cutBeforeText(error);
  }
  if (text === null) {
    if (!isFinished) throw cutBeforeText();
    throw new GlimpRouterError(
      `The ${access.role} model's server at ${printableURL(access)} gives no prompt text: it renders no messages at /tokenize of its root, and its chat does not tell \`prompt_text\`. Use \`continuation: { template, serverAddsBos }\` with the model's chat template; a gateway may have a way to pass requests through as they are (docs/servers/gateways.md).`,
      { reason: "server", role: access.role },
    );
  }
  return { text, tokens };
}

function cutBeforeText(cause?: BrokenStream): BrokenReply {
  return new BrokenReply("a stream that was cut before it told the prompt's text", { cause });
}

interface ToldChunk {
  readonly prompt_text?: unknown;
  readonly usage?: { readonly prompt_tokens?: unknown } | null;
  readonly choices?: readonly ({ readonly finish_reason?: unknown } | null)[];
}

interface ListedModel {
  readonly id?: unknown;
  readonly max_model_len?: unknown;
  readonly metadata?: { readonly max_request_context_length?: unknown } | null;
}

/**
 * The context size as vLLM's list of models has it (`max_model_len`), or Ray Serve LLM's. Only a limit that is
 * better known: never worth an error.
 */
async function modelContextSize(
  access: OpenAIAccess,
  model: unknown,
  signal?: AbortSignal,
): Promise<number | null> {
  try {
    const reply = await requestJson(access, "/models", undefined, signal);
    const { data } = reply as { data?: readonly ListedModel[] };
    const listed = data?.find(({ id }) => id === model);
    const size = listed?.max_model_len ?? listed?.metadata?.max_request_context_length;
    return typeof size === "number" ? size : null;
  } catch {
    return null;
  }
}
