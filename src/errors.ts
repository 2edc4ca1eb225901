import {
  ContextOverflowError,
  getRetryable,
  LangChainError,
  type LangChainErrorCodes,
  ns,
  stampRetryable,
} from "@langchain/core/errors";
import type { RouteErrorReason } from "./core/route-error.js";
import type { ResumeState } from "./langchain/resume/resume-state.js";
import type { RoutingRecord } from "./router/route-trace.js";
import type { Role } from "./router/step-writer.js";

const glimpRouterNamespace = ns.sub("glimprouter");

export type GlimpRouterErrorReason =
  | RouteErrorReason
  | "aborted"
  | "invalid_input"
  | "local_model"
  | "not_continued"
  | "peer_missing"
  | "server"
  | "template_engine"
  | "unknown_server";

export interface GlimpRouterErrorFields {
  readonly reason: GlimpRouterErrorReason;
  /** Whose fault it was, where one of the two models can be named. */
  readonly role?: Role | undefined;
  /** HTTP status of the server's answer, where one came. */
  readonly status?: number | undefined;
  /** The thought so far, paid for and not lost. */
  readonly thought?: string;
  /** How it came to be, and what it cost. */
  readonly routing?: RoutingRecord;
  /** Makes what another call goes on with. */
  readonly resume?: (() => ResumeState | undefined) | undefined;
  readonly cause?: unknown;
}

/**
 * Every error of a reply, an option or a model. What points and policies refuse where they are made is a `RouteError`,
 * with the same `reason`. `reason` tells them apart; the message names the field or the server's
 * answer and what to do next; `thought` is what had been thought when it happened, `routing` its record.
 *
 * Check with `GlimpRouterError.isInstance(error)` rather than `instanceof`: it also works across copies.
 * An abort keeps the name that callers and retry loops look for: `AbortError` or `TimeoutError`. A prompt that
 * is too long for a context (`reason: "context"`) is core's `ContextOverflowError`, too.
 */
export class GlimpRouterError extends glimpRouterNamespace.brand(LangChainError) {
  override readonly name: string;
  readonly reason: GlimpRouterErrorReason;
  readonly role: Role | undefined;
  /**
   * HTTP status of the server's answer; 400 where what was given cannot work, however often it is tried. Retry
   * policies look for it.
   */
  readonly status: number | undefined;
  /** LangChain's own code for the failure, where it has one. */
  readonly lc_error_code: LangChainErrorCodes | undefined;
  readonly thought: string;
  readonly routing: RoutingRecord | undefined;
  readonly #resume: (() => ResumeState | undefined) | undefined;

  constructor(message: string, fields: GlimpRouterErrorFields) {
    super(message);
    const { reason, role, status, thought = "", routing, resume, cause } = fields;
    this.name = reason === "aborted" ? abortName(cause) : "GlimpRouterError";
    this.reason = reason;
    this.role = role;
    this.status = status ?? (HOPELESS.has(reason) ? 400 : undefined);
    this.lc_error_code = errorCode(this, cause);
    this.thought = thought;
    this.routing = routing;
    this.#resume = resume;
    if (cause !== undefined) this.cause = cause;
    if (reason === "context") markAsOverflow(this);
    const retryable = isRetryable(this, cause);
    if (retryable !== undefined) stampRetryable(this, retryable);
  }

  /**
   * The reply as it broke off, in plain JSON: as call option `resume`, with the same messages, another call goes on with it,
   * in another process too. Made when it is asked for; no field of the error's own, so that no log has it by accident.
   * `undefined` where nothing had been asked of a model yet, or where it would be larger than 16 MiB.
   */
  get resume(): ResumeState | undefined {
    return this.#resume?.();
  }
}

function abortName(cause: unknown): string {
  return cause instanceof Error && cause.name === "TimeoutError" ? "TimeoutError" : "AbortError";
}

/** What was given cannot work: as a server says "bad request". */
const HOPELESS: ReadonlySet<GlimpRouterErrorReason> = new Set([
  "context",
  "invalid_input",
  "invalid_option",
  "no_logprobs",
  "not_continued",
  "peer_missing",
  "template_engine",
  "unknown_server",
]);

const CODE_OF_REASON: Readonly<Partial<Record<GlimpRouterErrorReason, LangChainErrorCodes>>> = {
  aborted: "MODEL_ABORTED",
  context: "CONTEXT_OVERFLOW",
};

const CODE_OF_STATUS: Readonly<Record<number, LangChainErrorCodes>> = {
  401: "MODEL_AUTHENTICATION",
  403: "MODEL_AUTHENTICATION",
  404: "MODEL_NOT_FOUND",
  429: "MODEL_RATE_LIMIT",
};

function errorCode(
  { reason, status = 0 }: Pick<GlimpRouterError, "reason" | "status">,
  cause: unknown,
): LangChainErrorCodes | undefined {
  const { lc_error_code } = (cause ?? {}) as { lc_error_code?: LangChainErrorCodes };
  return CODE_OF_REASON[reason] ?? lc_error_code ?? CODE_OF_STATUS[status];
}

/** Statuses of refusals that another try may not meet: time-outs, too early, rate limits. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Core's mark; what nobody can tell is left open. */
function isRetryable(
  { reason, status = 0 }: Pick<GlimpRouterError, "reason" | "status">,
  cause: unknown,
): boolean | undefined {
  if (reason === "aborted") return false;
  if (status >= 400 && status < 500) return PASSING.has(status);
  return getRetryable(cause);
}

/** Puts on core's own brand, by which summarisation knows that a shorter prompt would help. */
function markAsOverflow(error: GlimpRouterError): void {
  const overflow = new ContextOverflowError();
  for (const brand of Object.getOwnPropertySymbols(overflow)) {
    Object.defineProperty(error, brand, {
      ...Object.getOwnPropertyDescriptor(overflow, brand),
      enumerable: false,
    });
  }
}
