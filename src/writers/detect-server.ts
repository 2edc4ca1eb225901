import { GlimpRouterError } from "../errors.js";
import type { OpenAIAccess } from "./openai-client.js";
import { requestJson } from "./send-request.js";
import { answerStatus, printableURL, serverError } from "./server-error.js";

/** Kinds of servers that can be told apart by asking. */
export type ServerKind = "vllm";

/** Base URLs that were asked, and what they are. Failures are not kept: a server may just be starting. */
const knownServers = new Map<string, Promise<ServerKind | null>>();

/** APIs that continue no unfinished thought, by host name: no request needed. */
const HOSTED_APIS =
  /(^|\.)(api\.openai\.com|openai\.azure\.com|services\.ai\.azure\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com|api\.deepseek\.com|api\.mistral\.ai|api\.x\.ai|api\.groq\.com|openrouter\.ai|ollama\.com)$/;

/** Is the base URL that of a hosted API which gives no raw text completions? */
export function isHostedApi({ client }: OpenAIAccess): boolean {
  try {
    return HOSTED_APIS.test(new URL(client.baseURL).hostname);
  } catch {
    return false;
  }
}

/**
 * Asks the model's server what it is, once per process and base URL, with the user's own client.
 *
 * @returns the kind, `null` where the server is none that is known
 * @throws GlimpRouterError `server` where it cannot be reached
 */
export async function detectServer(access: OpenAIAccess): Promise<ServerKind | null> {
  const key = access.rootURL;
  const asked = knownServers.get(key) ?? askServer(access);
  knownServers.set(key, asked);
  try {
    const kind = await asked;
    if (kind === null) knownServers.delete(key);
    return kind;
  } catch (error) {
    knownServers.delete(key);
    throw GlimpRouterError.isInstance(error)
      ? error
      : serverError(error, access, `telling what it is (GET ${printableURL(access)})`);
  }
}

async function askServer(access: OpenAIAccess): Promise<ServerKind | null> {
  try {
    const reply = await requestJson(access, `${access.rootURL}/version`);
    const { version } = (reply ?? {}) as { version?: unknown };
    return typeof version === "string" ? "vllm" : null;
  } catch (error) {
    const status = answerStatus(error);
    // It answers, but not to this question.
    if (status !== null && status < 500) return null;
    throw error;
  }
}
