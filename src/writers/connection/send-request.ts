import { followQueued, tellQueued, unfollowQueued } from "../../router/queued-request.js";
import { isOfLiteLLM, withLogprobs } from "./litellm.js";
import type { ClientReply, OpenAIAccess } from "./openai-client.js";
import { QUOTED_BYTES, readText } from "./read-body.js";
import { readEvents } from "./read-events.js";
import { contentTypeOf, parsedOrNull, readJsonBody } from "./read-json-body.js";
import { readLines } from "./read-lines.js";
import { connectionDied, withRetries } from "./retries.js";
import { isPassing } from "./server-error.js";
import { toldError } from "./told-error.js";
import { UnexpectedReply } from "./unexpected-reply.js";

/**
 * `POST` or `GET` (no body) of JSON with the user's retries; an absolute URL leaves the base URL aside. What is not
 * JSON is given as text.
 *
 * @throws OversizedReply where the reply has no end
 * @throws BrokenReply where it was cut, each time
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
  followQueued(own.signal, (isQueued) => tellQueued(signal, isQueued));
  try {
    const attempt = async () => {
      const reply = await sendJson(access, url, body, own.signal);
      const told = toldError(reply);
      if (told !== null && isPassing(told)) throw told;
      return reply;
    };
    const reply = await withRetries(access, attempt, own.signal);
    // What the server refuses it refuses the next time, too.
    const told = toldError(reply);
    if (told !== null) throw told;
    return reply;
  } finally {
    unfollowQueued(own.signal);
    signal?.removeEventListener("abort", abort);
  }
}

/** The same, without retries but one where the connection died before the first byte. */
export async function requestJsonOnce(
  access: OpenAIAccess,
  url: string,
  body?: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<unknown> {
  try {
    return await sendJson(access, url, body, signal);
  } catch (error) {
    if (signal?.aborted || !connectionDied(error)) throw error;
    return sendJson(access, url, body, signal);
  }
}

async function sendJson(
  access: OpenAIAccess,
  url: string,
  body: Record<string, unknown> | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { client } = access;
  const options = access.requestOptions(signal);
  const got = await contentOf(
    body === undefined ? client.get(url, options) : client.post(url, { ...options, body }),
  );
  return got.reply === null ? got.content : readJsonBody(got.reply);
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
  const send = () =>
    withOwnSignal(signal, (own) => contentOf(create.call(owner, body, access.requestOptions(own))));
  // Retried only until it begins: what fails behind the reply's headers the router sees to.
  const { reply, content } = await withRetries(access, send, signal);
  if (reply === null) return content;
  const contentType = contentTypeOf(reply);
  if (!/html|json/i.test(contentType)) {
    const losesLogprobs = endpoint === "completions" && "logprobs" in body && isOfLiteLLM(reply);
    return losesLogprobs ? withLogprobs(readEvents(reply), access) : readEvents(reply);
  }
  const { text, isWhole } = await readText(reply, QUOTED_BYTES);
  const told = isWhole ? toldError(parsedOrNull(text)) : null;
  if (told !== null) throw told;
  const size = isWhole ? "" : ` of more than ${QUOTED_BYTES / 1_024} kB`;
  throw new UnexpectedReply(reply.status, contentType + size, text);
}

/**
 * Opens a generation stream of lines of JSON.
 *
 * @param url - absolute, or relative to the base URL
 * @throws UnexpectedReply where the server answered 200 with a web page, or the client gives no bare reply
 */
export async function openLines(
  access: OpenAIAccess,
  url: string,
  body: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  const send = () =>
    withOwnSignal(signal, (own) =>
      contentOf(access.client.post(url, { ...access.requestOptions(own), body })),
    );
  const { reply } = await withRetries(access, send, signal);
  if (reply === null) throw new UnexpectedReply(200, "a stream that a wrapper has read", "");
  const contentType = contentTypeOf(reply);
  if (!/html/i.test(contentType)) return readLines(reply);
  const { text } = await readText(reply, QUOTED_BYTES);
  throw new UnexpectedReply(reply.status, contentType, text);
}

/** The SDK leaves a listener on the signal of each try, and a request may take many. That of the last one stays: it reads. */
async function withOwnSignal<Result>(
  signal: AbortSignal | undefined,
  send: (own: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  if (signal === undefined) return send(signal);
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await send(own.signal);
  } catch (error) {
    signal.removeEventListener("abort", abort);
    throw error;
  }
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
