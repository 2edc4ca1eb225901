/** Where call options carry the caller's signal. A string, since core drops symbols from a config. */
const CALLER_SIGNAL = "glimprouter_signal";

/**
 * Puts the caller's signal where core does not look. Core throws the bare reason of a signal that aborts, at the first
 * chance it has; what the reply itself throws a moment later has the thought, and nobody hears it.
 */
export function hideSignal<Options extends { readonly signal?: AbortSignal | undefined }>(
  options: Options,
  signal = callerSignal(options),
): Options {
  // Not `undefined`: core would take the signal of the graph around it.
  const never = new AbortController().signal;
  // Nor here: from a config core drops what is `undefined`.
  return { ...options, [CALLER_SIGNAL]: signal ?? null, signal: never };
}

/** The caller's signal, hidden or not. */
export function callerSignal(options: {
  readonly signal?: AbortSignal | undefined;
}): AbortSignal | undefined {
  return isHidden(options) ? (options[CALLER_SIGNAL] ?? undefined) : options.signal;
}

/** Is `signal` of these options somebody else's: core's own, as it reads a stream for `streamEvents`? */
export function isHidden(
  options: object,
): options is { readonly [CALLER_SIGNAL]: AbortSignal | null } {
  return CALLER_SIGNAL in options;
}
