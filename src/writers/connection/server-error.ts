import { GlimpRouterError } from "../../errors.js";
import type { Role } from "../../router/step-writer.js";
import { isContextOverflow } from "./context-overflow.js";
import type { OpenAIAccess } from "./openai-client.js";
import { UnexpectedReply } from "./send-request.js";

/** The most characters of a server's answer that a message quotes. */
const QUOTE_LENGTH = 300;

/** What an error of the OpenAI SDK carries. */
interface AnswerError {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** HTTP status of the server's answer, `null` where none came. An error inside a stream names one as its code. */
export function answerStatus(error: unknown): number | null {
  const { status, code } = (error ?? {}) as AnswerError;
  if (typeof status === "number") return status;
  return typeof code === "number" ? code : null;
}

/** The server's own words in an error body (`{ error: { message } }`), `null` where it is not one of its own. */
export function answerMessage(error: unknown): string | null {
  const { error: body } = (error ?? {}) as { error?: { message?: unknown } };
  return typeof body?.message === "string" ? body.message : null;
}

/**
 * Makes one typed error of whatever a request failed with: whose model it was, what the server said, and
 * what to do. Never quotes the API key. Errors that are ours already pass through.
 *
 * @param what - the request in words, such as "rendering the prompt"
 */
export function serverError(error: unknown, access: OpenAIAccess, what: string): GlimpRouterError {
  const { apiKey } = access.client;
  return requestError(error, what, {
    role: access.role,
    who: `The ${access.role} model's server at ${printableURL(access)}`,
    remedy: remedy(error),
    secrets: typeof apiKey === "string" ? [apiKey] : [],
  });
}

/**
 * The error of a failed request, whoever was asked.
 *
 * @param about.secrets - texts that must not be quoted
 */
export function requestError(
  error: unknown,
  what: string,
  about: {
    readonly role: Role;
    readonly who: string;
    readonly remedy: string;
    readonly secrets: readonly string[];
  },
): GlimpRouterError {
  if (GlimpRouterError.isInstance(error)) return error;
  const said = answerText(error);
  const quoted = withoutSecrets(said, about.secrets);
  const isOverflow = isContextOverflow(error);
  const remedy = isOverflow ? SHORTEN : about.remedy;
  return new GlimpRouterError(`${about.who} failed at ${what}: ${shorten(quoted)}. ${remedy}`, {
    reason: isOverflow ? "context" : "server",
    role: about.role,
    status: refusalStatus(error),
    // A cause that quotes a secret would end up in logs and traces with the rest of the error.
    ...(quoted === said ? { cause: error } : {}),
  });
}

const SHORTEN = "Shorten the prompt, or serve the model with a larger context.";

/** Of an answer that is a failure; a web page may have come with 200. */
function refusalStatus(error: unknown): number | undefined {
  const status = answerStatus(error);
  return status !== null && status >= 400 && status < 600 ? status : undefined;
}

/** The base URL without credentials and query. */
export function printableURL({ client }: OpenAIAccess): string {
  try {
    const { origin, pathname } = new URL(client.baseURL);
    return origin + pathname;
  } catch {
    return "an invalid base URL";
  }
}

function answerText(error: unknown): string {
  const { message } = (error ?? {}) as AnswerError;
  const text = typeof message === "string" ? message : String(error);
  const root = rootCause(error);
  const full = root === "" || text.includes(root) ? text : `${text.replace(/\.$/, "")} (${root})`;
  return error instanceof UnexpectedReply ? `${error.status} with ${full}` : full;
}

function shorten(text: string): string {
  const oneLine = text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return oneLine.length > QUOTE_LENGTH ? `${oneLine.slice(0, QUOTE_LENGTH)} ...` : oneLine;
}

/** Node hides the reason of a failed connection two causes deep ("fetch failed"). */
function rootCause(error: unknown): string {
  let cause = (error as AnswerError)?.cause;
  let text = "";
  for (let depth = 0; cause instanceof Error && depth < 5; depth++) {
    text = cause.message || String((cause as { code?: unknown }).code ?? "");
    cause = cause.cause;
  }
  return text;
}

/** Leaves out API keys, and what addresses hide before `@` and behind `?`. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const keyless = secrets
    .filter((secret) => secret.length > 3)
    .reduce((rest, secret) => rest.replaceAll(secret, "[API key]"), text);
  return keyless.replace(/(\w:\/\/)[^\s/@]+@/g, "$1").replace(/(\w:\/\/[^\s?]+)\?[^\s)]*/g, "$1");
}

function remedy(error: unknown): string {
  const status = answerStatus(error);
  if (error instanceof UnexpectedReply) {
    return "Is `configuration.baseURL` the API's address (usually ending in /v1), and not a web page?";
  }
  if (status === 401 || status === 403) return "Check the model's `apiKey`.";
  if (status === 404) {
    const message = answerMessage(error);
    // llama.cpp knows no models by name: what it does not find is a path.
    return message === null || /^file not found$/i.test(message)
      ? "Check `configuration.baseURL`: it usually ends in /v1."
      : "Check the model's name: it must be one that the server serves (GET /v1/models).";
  }
  if (status === 400 || status === 422) return "The server refused the request as it is.";
  if (status !== null) return "Look at the server's log.";
  if (error instanceof SyntaxError)
    return "The stream was no valid JSON: look at the server's log.";
  return isConnectionError(error)
    ? "Check `configuration.baseURL`, and that the server is up."
    : "Look at the server's log.";
}

function isConnectionError(error: unknown): boolean {
  const { message } = (error ?? {}) as AnswerError;
  return typeof message === "string" && /connection|fetch failed|timed out/i.test(message);
}
