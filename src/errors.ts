import { LangChainError, ns } from "@langchain/core/errors";
import type { RouteErrorReason } from "./core/route-error.js";
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
  | "unknown_server";

export interface GlimpRouterErrorFields {
  readonly reason: GlimpRouterErrorReason;
  /** Whose fault it was, where one of the two models can be named. */
  readonly role?: Role | undefined;
  /** The thought so far, paid for and not lost. */
  readonly thought?: string;
  /** How it came to be, and what it cost. */
  readonly routing?: RoutingRecord;
  readonly cause?: unknown;
}

/**
 * Every error of this package. `reason` tells them apart; the message names the field or the server's
 * answer and what to do next; `thought` is what had been thought when it happened, `routing` its record.
 *
 * Check with `GlimpRouterError.isInstance(error)` rather than `instanceof`: it also works across copies.
 * An abort keeps the name that callers and retry loops look for: `AbortError` or `TimeoutError`.
 */
export class GlimpRouterError extends glimpRouterNamespace.brand(LangChainError) {
  override readonly name: string;
  readonly reason: GlimpRouterErrorReason;
  readonly role: Role | undefined;
  readonly thought: string;
  readonly routing: RoutingRecord | undefined;

  constructor(message: string, fields: GlimpRouterErrorFields) {
    super(message);
    this.name = fields.reason === "aborted" ? abortName(fields.cause) : "GlimpRouterError";
    this.reason = fields.reason;
    this.role = fields.role;
    this.thought = fields.thought ?? "";
    this.routing = fields.routing;
    if (fields.cause !== undefined) this.cause = fields.cause;
  }
}

function abortName(cause: unknown): string {
  return cause instanceof Error && cause.name === "TimeoutError" ? "TimeoutError" : "AbortError";
}
