import { GlimpRouterError } from "../../src/errors.js";

/** The error of a promise that must fail with one of ours. */
export async function errorOf(promise: Promise<unknown>): Promise<GlimpRouterError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!GlimpRouterError.isInstance(error)) throw new Error(`Expected an error, got ${error}`);
  return error;
}
