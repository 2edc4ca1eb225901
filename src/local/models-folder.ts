import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GlimpRouterError } from "../errors.js";

/** From `src/local` or `src/cli`, from `dist/local`, or from a chunk in `dist`, where a bundler puts what it likes: the package's root is not far up. */
const FOLDERS_UP = 4;

/**
 * The folder `models` of this package.
 *
 * @param from - URL of the running file
 * @param file - name of what is wanted there
 * @throws GlimpRouterError `local_model` where it is not near
 */
export function modelsFolder(from: string, file: string): string {
  const begin = dirname(fileURLToPath(from));
  let folder = begin;
  for (let up = 0; up < FOLDERS_UP; up++) {
    const models = join(folder, "models");
    if (existsSync(join(models, file))) return models;
    folder = dirname(folder);
  }
  throw new GlimpRouterError(
    `models/${file} of this package is not near ${begin}. A bundler that moves this file must leave the package external.`,
    { reason: "local_model" },
  );
}
