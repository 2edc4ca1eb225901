import type {
  PromptText,
  PromptTextRequest,
  PromptTextSource,
} from "../completion/prompt-text-source.js";
import { wantsPrompt } from "../completion/wants-prompt.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { answerMessage, answerStatus } from "../connection/server-error.js";
import { UnexpectedReply } from "../connection/unexpected-reply.js";

/**
 * vLLM's and SGLang's way: `/tokenize` renders the messages with the server's own chat template and gives
 * ids, `/detokenize` gives their text, special tokens included. Both live at the server's root; where only
 * `/v1` is reachable, or `/tokenize` is a gateway's own and takes no messages, `otherwise` is asked.
 *
 * The text has its BOS if the template writes one, as in a chat request: the server must add none.
 */
export function tokenizeDetokenize(
  access: OpenAIAccess,
  otherwise: PromptTextSource,
): PromptTextSource {
  return async (request, signal) =>
    (await renderAtRoot(access, request, signal)) ?? (await otherwise(request, signal));
}

async function renderAtRoot(
  access: OpenAIAccess,
  request: PromptTextRequest,
  signal?: AbortSignal,
): Promise<PromptText | null> {
  const tokenized = await tokenizePrompt(access, request, signal);
  if (tokenized === null) return null;
  const { tokens, count, max_model_len } = tokenized;
  const { model } = request;
  const detokenized = await requestJson(
    access,
    `${access.rootURL}/detokenize`,
    { ...(model === undefined ? {} : { model }), tokens },
    signal,
  );
  const text = (detokenized as { prompt?: unknown } | null)?.prompt;
  if (typeof text !== "string") return null;
  return {
    text,
    tokens: typeof count === "number" ? count : tokens.length,
    contextSize: typeof max_model_len === "number" ? max_model_len : null,
    serverAddsBos: false,
  };
}

/** The ids of a text, by the server's own tokenizer. */
export async function tokenizeText(
  access: OpenAIAccess,
  {
    model,
    text,
    addsBos,
  }: { readonly model: unknown; readonly text: string; readonly addsBos: boolean },
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const reply = await requestJson(
    access,
    `${access.rootURL}/tokenize`,
    { ...(model === undefined ? {} : { model }), prompt: text, add_special_tokens: addsBos },
    signal,
  );
  const ids = (reply as Tokenized | null)?.tokens;
  if (Array.isArray(ids)) return ids;
  throw new UnexpectedReply(200, "no `tokens` from /tokenize", JSON.stringify(reply));
}

interface Tokenized {
  readonly tokens: readonly number[];
  readonly count?: unknown;
  readonly max_model_len?: unknown;
}

/** The ids of a rendered prompt, `null` where the server's root cannot be reached, or renders none. */
async function tokenizePrompt(
  access: OpenAIAccess,
  request: PromptTextRequest,
  signal?: AbortSignal,
): Promise<Tokenized | null> {
  const { model, messages, tools, rendering, continueFinalMessage = false } = request;
  try {
    const reply = await requestJson(
      access,
      `${access.rootURL}/tokenize`,
      {
        ...(model === undefined ? {} : { model }),
        messages,
        ...(tools === null ? {} : { tools }),
        ...rendering,
        add_generation_prompt: !continueFinalMessage,
        ...(continueFinalMessage ? { continue_final_message: true } : {}),
      },
      signal,
    );
    // A web page, say: something answers for the root that is not the server.
    return Array.isArray((reply as Tokenized | null)?.tokens) ? (reply as Tokenized) : null;
  } catch (error) {
    if (isNotExposed(error) || wantsPrompt(error)) return null;
    throw error;
  }
}

/** The path is not there, or not for us. An answer in the server's own shape is about the request itself. */
function isNotExposed(error: unknown): boolean {
  const status = answerStatus(error);
  return (
    (status === 404 || status === 405 || status === 403 || status === 401) &&
    answerMessage(error) === null
  );
}
