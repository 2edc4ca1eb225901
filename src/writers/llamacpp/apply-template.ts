import type { PromptTextSource } from "../completion/prompt-text-source.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { UnexpectedReply } from "../connection/unexpected-reply.js";

/** Context sizes by server and model. Failures are not kept. */
const knownContextSizes = new Map<string, number>();

/**
 * llama.cpp's way: `/apply-template` renders the messages with the server's own chat template. The text comes
 * without a BOS where the tokenizer puts one before every text by itself, so text completions add just one.
 *
 * The prompt is counted once it is known, while the context size is asked for only in a server's first reply.
 */
export function applyTemplate(access: OpenAIAccess): PromptTextSource {
  return async ({ model, messages, tools, rendering, continueFinalMessage }, signal) => {
    const contextSize = contextSizeOf(access, model, signal);
    // Its failure is told by whoever awaits it; the rendering may fail first.
    contextSize.catch(() => {});
    const text = await renderMessages(
      access,
      {
        model,
        messages,
        ...(tools === null ? {} : { tools }),
        ...rendering,
        ...(continueFinalMessage
          ? { continue_final_message: continueFinalMessage, add_generation_prompt: false }
          : {}),
      },
      signal,
    );
    const tokens = await countTokens(access, { model, text }, signal);
    return { text, tokens, contextSize: await contextSize, serverAddsBos: true };
  };
}

async function renderMessages(
  access: OpenAIAccess,
  body: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<string> {
  const reply = await requestJson(access, `${access.rootURL}/apply-template`, body, signal);
  const prompt = (reply as { prompt?: unknown } | null)?.prompt;
  if (typeof prompt === "string") return prompt;
  throw unexpected("/apply-template", "prompt", reply);
}

/** As a text completion would tokenize it: with its BOS, and special tokens read as such. */
async function countTokens(
  access: OpenAIAccess,
  { model, text }: { readonly model: unknown; readonly text: string },
  signal?: AbortSignal,
): Promise<number> {
  const body = { model, content: text, add_special: true, parse_special: true };
  const reply = await requestJson(access, `${access.rootURL}/tokenize`, body, signal);
  const tokens = (reply as { tokens?: unknown } | null)?.tokens;
  if (Array.isArray(tokens)) return tokens.length;
  throw unexpected("/tokenize", "tokens", reply);
}

/**
 * What one slot of the server holds: `-c` over `-np`, cut to what the model was trained for. A server that
 * starts models by name (`--models-dir`) is asked for the model's own.
 */
async function contextSizeOf(
  access: OpenAIAccess,
  model: unknown,
  signal?: AbortSignal,
): Promise<number | null> {
  const key = JSON.stringify([access.rootURL, model]);
  const known = knownContextSizes.get(key);
  if (known !== undefined) return known;
  const query = typeof model === "string" ? `?model=${encodeURIComponent(model)}` : "";
  const reply = await requestJson(access, `${access.rootURL}/props${query}`, undefined, signal);
  const size = (reply as Props | null)?.default_generation_settings?.n_ctx;
  if (typeof size !== "number" || size < 1) return null;
  knownContextSizes.set(key, size);
  return size;
}

interface Props {
  readonly default_generation_settings?: { readonly n_ctx?: unknown };
}

function unexpected(path: string, field: string, reply: unknown): UnexpectedReply {
  const text = typeof reply === "string" ? reply : JSON.stringify(reply);
  return new UnexpectedReply(200, `no \`${field}\` from ${path}`, text ?? "");
}
