import { isOfLiteLLM, withLogprobs } from "./litellm.js";
import type { ClientReply, OpenAIAccess } from "./openai-client.js";
import { isPlainRateLimit, RateLimited } from "./rate-limit.js";
import { MOST_BYTES, OversizedReply, QUOTED_BYTES, readText } from "./read-body.js";
import { readEvents } from "./read-events.js";
import { toldError } from "./told-error.js";

/** A reply with status 200 that is not what was asked for: a web page, or JSON where a stream was due. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
  readonly status: number;

  constructor(status: number, contentType: string, text: string) {
    super(`${contentType || "a reply without content type"}: ${text}`);
    this.status = status;
  }
}

/**
 * Makes an attempt with the user's retries and within the user's limit of calls at once. An abort ends it at
 * once, between two attempts too.
 */
export async function withRetries<Result>(
  { caller }: OpenAIAccess,
  attempt: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const stoppable = async () => {
    try {
      signal?.throwIfAborted();
      return await attempt();
    } catch (error) {
      // By its name the caller knows that there is nothing to try again. Nobody hears it: the abort is told.
      if (signal?.aborted) throw aborted(signal.reason);
      throw isPlainRateLimit(error) ? new RateLimited(error) : error;
    }
  };
  try {
    return await caller.callWithOptions(signal === undefined ? {} : { signal }, stoppable);
  } catch (error) {
    throw error instanceof RateLimited ? error.answer : error;
  }
}

/**
 * `POST` or `GET` (no body) of JSON with the user's retries; an absolute URL leaves the base URL aside. What is not
 * JSON is given as text.
 *
 * @throws OversizedReply where the reply has no end
 * @throws Error on an error object behind HTTP 200, with the server's words
 */
export async function requestJson(
  access: OpenAIAccess,
  url: string,
  body?: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<unknown> {
  // The SDK leaves a listener on each request's signal, and a prompt takes several requests to render.
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const attempt = () => requestJsonOnce(access, url, body, own.signal);
    const reply = await withRetries(access, attempt, own.signal);
    const told = toldError(reply);
    if (told !== null) throw told;
    return reply;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** The same, without retries. */
export async function requestJsonOnce(
  access: OpenAIAccess,
  url: string,
  body?: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<unknown> {
  const { client } = access;
  const send = async () => {
    const options = access.requestOptions(signal);
    const got = await contentOf(
      body === undefined ? client.get(url, options) : client.post(url, { ...options, body }),
    );
    return got.reply === null ? got.content : readReply(got.reply);
  };
  return sendOnceMore(send, signal);
}

/**
 * Opens a generation stream.
 *
 * @throws UnexpectedReply where the server answered 200 with something else than a stream
 */
export async function openStream(
  access: OpenAIAccess,
  endpoint: "chat" | "completions",
  body: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  const { client } = access;
  const { create } = endpoint === "chat" ? client.chat.completions : client.completions;
  const owner = endpoint === "chat" ? client.chat.completions : client.completions;
  const send = () => contentOf(create.call(owner, body, access.requestOptions(signal)));
  // Retried only until it begins: what fails behind the reply's headers is not ours to repeat.
  const { reply, content } = await withRetries(access, () => sendOnceMore(send, signal), signal);
  if (reply === null) return content;
  const contentType = contentTypeOf(reply);
  if (!/html|json/i.test(contentType)) {
    const losesLogprobs = endpoint === "completions" && "logprobs" in body && isOfLiteLLM(reply);
    return losesLogprobs ? withLogprobs(readEvents(reply), access) : readEvents(reply);
  }
  const { text, isWhole } = await readText(reply, QUOTED_BYTES);
  const told = isWhole ? toldError(parsed(text)) : null;
  if (told !== null) throw told;
  const size = isWhole ? "" : ` of more than ${QUOTED_BYTES / 1_024} kB`;
  throw new UnexpectedReply(reply.status, contentType + size, text);
}

/** The bare reply; a client in a wrapper (tracing, say) may give only what was in it. */
async function contentOf<Content>(
  promise: ClientReply<Content>,
): Promise<
  | { readonly reply: Response; readonly content: null }
  | { readonly reply: null; readonly content: Content }
> {
  return typeof promise.asResponse === "function"
    ? { reply: await promise.asResponse(), content: null }
    : { reply: null, content: await promise };
}

/** As the SDK reads it, but not without end. */
async function readReply(reply: Response): Promise<unknown> {
  const contentType = contentTypeOf(reply);
  const isPage = /html/i.test(contentType);
  const { text, isWhole } = await readText(reply, isPage ? QUOTED_BYTES : MOST_BYTES);
  if (!isWhole && !isPage) throw new OversizedReply("a reply");
  if (text === "") return null;
  if (/json/i.test(contentType)) return JSON.parse(text);
  // Gateways pass JSON on as plain text (sglang-router).
  return (text.trimStart().startsWith("{") ? parsed(text) : null) ?? text;
}

function contentTypeOf({ headers }: Response): string {
  return headers.get("content-type") ?? "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * One silent retry when the connection died before the first byte: llama.cpp closes a kept-alive connection
 * after each stream, and a request that is sent at once can meet the closing socket. Safe, since nothing
 * of a reply had come; needed also where the user set `maxRetries: 0`.
 */
async function sendOnceMore<Result>(
  send: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    if (signal?.aborted || !connectionDied(error)) throw error;
    return await send();
  }
}

const DEAD_SOCKET_CODES: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
const DEAD_SOCKET_WORDS = /other side closed|socket hang up|network connection lost/i;

/** A connection that was there and is gone; not one that was refused, timed out, or got an answer. */
function connectionDied(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    const { code, status } = cause as { code?: unknown; status?: unknown };
    if (typeof status === "number") return false;
    if (DEAD_SOCKET_CODES.has(code) || DEAD_SOCKET_WORDS.test(cause.message)) return true;
    cause = cause.cause;
  }
  return false;
}

/** What an aborted signal was aborted with, as an error named so that nobody retries it. */
export function abortError(signal: AbortSignal): unknown {
  const { reason } = signal;
  if (reason instanceof Error && /^(AbortError|TimeoutError)$/.test(reason.name)) return reason;
  return aborted(reason);
}

function aborted(cause: unknown): Error {
  return Object.assign(new Error("The request was aborted.", { cause }), { name: "AbortError" });
}
