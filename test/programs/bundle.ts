import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The command line of the sources as they are. */
export const BUNDLED_CLI = `${ROOT}.cache/cli/main.js`;

/** A program of the tests or an example, such as "examples/embedded", of the sources as they are. */
export function bundled(name: string): string {
  return `${ROOT}.cache/programs/${name}.js`;
}

/**
 * Once for a run of the tests, before all of them: what is run in processes of its own, in plain JavaScript.
 * Such a process starts in a fifth of the time that tsx takes.
 */
export async function setup(): Promise<void> {
  const examples = readdirSync(`${ROOT}examples`).map((file) => `examples/${file}`);
  // The command line lies two folders below package.json, where it looks for its version.
  await bundle("cli", { main: "src/cli/main.ts" });
  await bundle(
    "programs",
    Object.fromEntries(
      [...examples, "test/graph/think-durably.ts"].map((file) => [file.replace(/\.ts$/, ""), file]),
    ),
  );
}

async function bundle(folder: string, entry: Readonly<Record<string, string>>): Promise<void> {
  await build({
    config: false,
    entry: Object.fromEntries(Object.entries(entry).map(([name, file]) => [name, ROOT + file])),
    outDir: `${ROOT}.cache/${folder}`,
    format: "esm",
    target: "es2022",
    splitting: true,
    skipNodeModulesBundle: true,
    silent: true,
    clean: true,
  });
}
