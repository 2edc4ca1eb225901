import { GlimpRouterError } from "../errors.js";
import { FirstTokenError } from "./first-token-limit.js";
import { show, writeAside, writeJson } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/**
 * Tells what a command failed with: one line for what a user can mend, a stack only for what is our fault;
 * as JSON too where JSON was asked for.
 *
 * @returns the exit code
 */
export function reportError(error: unknown, { json }: { readonly json: boolean }): number {
  const known =
    error instanceof UsageError ||
    error instanceof FirstTokenError ||
    GlimpRouterError.isInstance(error);
  writeAside(show`glimprouter: ${known ? error.message : stackOf(error)}\n`);
  if (json) writeJson({ error: plainError(error) });
  return error instanceof UsageError ? 2 : 1;
}

/** What a program can act on, and what was paid for. */
function plainError(error: unknown): object {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (!GlimpRouterError.isInstance(error)) return { name, message };
  const { reason, role, thought, routing } = error;
  return { name, message, reason, role, thought, glimprouter: routing };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
