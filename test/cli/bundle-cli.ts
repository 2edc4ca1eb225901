import { fileURLToPath } from "node:url";
import { build } from "tsup";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The command line of the sources as they are, in plain JavaScript: a process of it starts in half of tsx's time. */
export const BUNDLED_CLI = `${ROOT}.cache/cli/main.js`;

/** Once for a run of the tests, before all of them. */
export async function setup(): Promise<void> {
  await build({
    config: false,
    entry: [`${ROOT}src/cli/main.ts`],
    outDir: `${ROOT}.cache/cli`,
    format: "esm",
    target: "es2022",
    splitting: true,
    silent: true,
    clean: true,
  });
}
