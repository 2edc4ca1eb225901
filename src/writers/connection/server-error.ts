import { GlimpRouterError } from "../../errors.js";
import { markCut } from "../../router/cut.js";
import { markOutage, type OutageReason } from "../../router/outage.js";
import type { Role } from "../../router/step-writer.js";
import { isContextOverflow } from "./context-overflow.js";
import { mostCandidates, refusesLogprobsForm } from "./logprobs-refusal.js";
import type { OpenAIAccess } from "./openai-client.js";
import { rateLimitRemedy } from "./rate-limit.js";
import { BrokenReply, OversizedReply } from "./read-body.js";
import { type Secrets, secretsOf } from "./secrets.js";
import { ServerIsOut } from "./server-is-out.js";
import { quote } from "./server-words.js";
import { showableCause } from "./showable-cause.js";
import { statusOfCode, ToldError } from "./told-error.js";
import { UnexpectedReply } from "./unexpected-reply.js";

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
  return statusOfCode(code);
}

/** The server's own words in an error body (`{ error: { message } }`), `null` where it is not one of its own. */
export function answerMessage(error: unknown): string | null {
  const { error: body } = (error ?? {}) as { error?: { message?: unknown } };
  return typeof body?.message === "string" ? body.message : null;
}

/**
 * Makes one typed error of whatever a request failed with: whose model it was, what the server said, and
 * what to do. Never quotes a secret of the model's. Errors that are ours already pass through.
 *
 * @param what - the request in words, such as "rendering the prompt"
 */
export function serverError(error: unknown, access: OpenAIAccess, what: string): GlimpRouterError {
  return requestError(error, what, {
    role: access.role,
    who: `The ${access.role} model's server at ${printableURL(access)}`,
    remedy: remedy(error),
    secrets: secretsOfAccess(access),
  });
}

/** The same inside a stream that had begun: an error that says nothing against another try has cut it. */
export function streamError(error: unknown, access: OpenAIAccess, what: string): GlimpRouterError {
  const told = serverError(error, access, what);
  return isPassing(error) ? markCut(told, "error") : told;
}

/** Of the server's side (5xx), or without a code; not what it could not do the next time either. */
export function isPassing(error: unknown): boolean {
  if (GlimpRouterError.isInstance(error) || isContextOverflow(error)) return false;
  if (error instanceof SyntaxError || error instanceof OversizedReply) return false;
  const { code } = (error ?? {}) as AnswerError;
  const status = answerStatus(error);
  return status === null ? code === undefined || code === null : status >= 500;
}

/** An end that is none, in the server's word for it. */
export function incompleteReply(
  access: OpenAIAccess,
  what: "text" | "answer",
  reason: unknown,
): GlimpRouterError {
  const said = quoteFor(access, typeof reason === "string" ? reason : JSON.stringify(reason));
  return new GlimpRouterError(
    `The ${access.role} model's server ended the ${what} with finish_reason ${JSON.stringify(said)}: it is incomplete. Look at the server's log.`,
    { reason: "server", role: access.role },
  );
}

/** What a server said, for a message of our own. */
export function quoteFor(access: OpenAIAccess, text: string): string {
  return quote(text, secretsOfAccess(access));
}

/** What must not be shown of a model that is reached this way. */
export function secretsOfAccess(access: OpenAIAccess): Secrets {
  const { client } = access;
  return secretsOf(client, access.requestOptions(), { modelKwargs: access.invocationParams() });
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
    readonly secrets: Secrets;
  },
): GlimpRouterError {
  if (GlimpRouterError.isInstance(error)) return error;
  const said = quote(answerText(error), about.secrets);
  const outage = outageOf(error);
  const isOverflow = isContextOverflow(error);
  const remedy = isOverflow ? SHORTEN : about.remedy;
  const told = new GlimpRouterError(`${about.who} failed at ${what}: ${said}. ${remedy}`, {
    reason: isOverflow ? "context" : "server",
    role: about.role,
    // Some servers say it with 500, which retry policies would try again.
    status: isOverflow ? 400 : refusalStatus(error),
    cause: showableCause(error, about.secrets),
  });
  return markOutage(told, outage);
}

/** Is it the server that is out, and not what it was asked? */
export function outageOf(error: unknown): OutageReason | null {
  if (error instanceof ServerIsOut) return "breaker";
  const status = answerStatus(error);
  if (error instanceof BrokenReply) return "cut";
  if (status === 429) return "rate-limit";
  if (status === 408) return "connection";
  if (!isPassing(error)) return null;
  if (status !== null) return "server-error";
  if (error instanceof ToldError) return "error";
  return isConnectionError(error) ? "connection" : null;
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
  const full = root === "" || text.includes(root) ? text : `${withoutStop(text)} (${root})`;
  return error instanceof UnexpectedReply ? `${error.status} with ${full}` : full;
}

function withoutStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
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

function remedy(error: unknown): string {
  const status = answerStatus(error);
  if (error instanceof BrokenReply) {
    return "Look at the server's log, and at what stands in front of it.";
  }
  if (error instanceof UnexpectedReply) {
    return "Is `configuration.baseURL` the API's address (usually ending in /v1), and not a web page?";
  }
  if (error instanceof OversizedReply) {
    return "A reply as large as that has no end: look at the server's log, and at what stands in front of it.";
  }
  if (status === 401 || status === 403) return "Check the model's `apiKey`.";
  if (status === 404) {
    const message = answerMessage(error);
    // llama.cpp knows no models by name: what it does not find is a path.
    return message === null || /^file not found$/i.test(message)
      ? "Check `configuration.baseURL`: it usually ends in /v1."
      : "Check the model's name: it must be one that the server serves (GET /v1/models).";
  }
  if (status === 429) return rateLimitRemedy(error);
  if (status === 400 || status === 422) return refusalRemedy(error);
  if (status !== null) return "Look at the server's log.";
  if (error instanceof SyntaxError)
    return "The stream was no valid JSON: look at the server's log.";
  return isConnectionError(error)
    ? "Check `configuration.baseURL`, and that the server is up."
    : "Look at the server's log.";
}

function refusalRemedy(error: unknown): string {
  const said = answerText(error);
  const most = mostCandidates(said);
  if (most !== null) return `Set \`topLogprobs: ${most}\`: the server gives no more.`;
  // A probe asks in this form, too.
  return refusesLogprobsForm(said)
    ? 'Set `glimpse: "probe"`: the server wants log-probabilities to be asked for as in a chat, and gives them for whole replies.'
    : "The server refused the request as it is.";
}

function isConnectionError(error: unknown): boolean {
  const { message } = (error ?? {}) as AnswerError;
  return typeof message === "string" && /connection|fetch failed|timed out/i.test(message);
}
