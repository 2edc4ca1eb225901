import { LangChainError, ns } from "@langchain/core/errors";
import type { RouteErrorReason } from "./core/route-error.js";
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
  readonly role?: Role;
  /** The thought so far, paid for and not lost. */
  readonly thought?: string;
  readonly cause?: unknown;
}

/**
 * Every error of this package. `reason` tells them apart; the message names the field or the server's
 * answer and what to do next; `thought` is what had been thought when it happened.
 *
 * Check with `GlimpRouterError.isInstance(error)` rather than `instanceof`: it also works across copies.
 */
export class GlimpRouterError extends glimpRouterNamespace.brand(LangChainError) {
  override readonly name = "GlimpRouterError";
  readonly reason: GlimpRouterErrorReason;
  readonly role: Role | undefined;
  readonly thought: string;

  constructor(message: string, fields: GlimpRouterErrorFields) {
    super(message);
    this.reason = fields.reason;
    this.role = fields.role;
    this.thought = fields.thought ?? "";
    if (fields.cause !== undefined) this.cause = fields.cause;
  }
}
