import { GlimpRouterError } from "../errors.js";
import { UsageError } from "./usage-error.js";

/** What an option, a data set or a checker is refused for is the command line's fault: exit code 2. */
export async function asUsage(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const isUsage =
      GlimpRouterError.isInstance(error) &&
      (error.reason === "invalid_option" || error.reason === "invalid_input");
    throw isUsage ? new UsageError(error.message) : error;
  }
}
