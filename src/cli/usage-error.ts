/** A command line that cannot be run; its message is one line that says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
