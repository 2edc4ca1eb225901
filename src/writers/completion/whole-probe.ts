import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { UnexpectedReply } from "../connection/unexpected-reply.js";

/**
 * A text completion that is not streamed, as the one event of a stream: for one token there is nothing to break off.
 *
 * @param body - the fields of the streamed request
 */
export async function wholeCompletion(
  access: OpenAIAccess,
  body: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  const { stream_options: _, ...fields } = body;
  const reply = await requestJson(access, "/completions", { ...fields, stream: false }, signal);
  if (!Array.isArray((reply as { choices?: unknown } | null)?.choices)) {
    const text = typeof reply === "string" ? reply : JSON.stringify(reply);
    throw new UnexpectedReply(200, "no `choices` in a whole reply", text);
  }
  return only(reply);
}

async function* only(reply: unknown): AsyncGenerator<unknown, void, void> {
  yield reply;
}

/** The same, asked for as in a chat: mlx-lm knows no number of candidates in `logprobs`. */
export function askedAsInChat({
  logprobs,
  ...body
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...body, logprobs: true, top_logprobs: logprobs };
}
