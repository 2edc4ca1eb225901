/** Why a thought could not go on, as far as the pure parts can tell. */
export type RouteErrorReason =
  | "bad_logprobs"
  | "context"
  | "invalid_option"
  | "no_logprobs"
  | "stream_cut";

/** Thrown by the pure parts, which know no framework; the chat model turns it into a `GlimpRouterError`. */
export class RouteError extends Error {
  override readonly name = "RouteError";
  readonly reason: RouteErrorReason;

  constructor(reason: RouteErrorReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
