import type { OpenAIAccess } from "../writers/connection/openai-client.js";
import { requestJson } from "../writers/connection/send-request.js";
import { answerMessage, answerStatus } from "../writers/connection/server-error.js";
import { UnexpectedReply } from "../writers/connection/unexpected-reply.js";

/** An entry of `GET /v1/models`. */
export interface ServedModel {
  readonly id: string;
}

/**
 * Asks a server which models it has: the cheapest request that needs the address, the key, and an API.
 *
 * @returns `null` where the server answers, but has no such list
 * @throws Error where it cannot be reached, refuses the key, or is a web page
 */
export async function listServedModels(
  access: OpenAIAccess,
  signal: AbortSignal,
): Promise<readonly ServedModel[] | null> {
  let reply: unknown;
  try {
    reply = await requestJson(access, "/models", undefined, signal);
  } catch (error) {
    if (answerStatus(error) === 404 && answerMessage(error) === null) return null;
    throw error;
  }
  if (typeof reply === "string") throw new UnexpectedReply(200, "not JSON", reply);
  const { data } = (reply ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) return null;
  return data.filter((entry): entry is ServedModel => typeof entry?.id === "string");
}
