import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Two trees as users would have them: built. Sources of either are reached through the public entry only. */
export interface BuiltTrees {
  /** File of the built main entry. */
  readonly old: string;
  readonly new: string;
  /** The process that measures one tree (measured-process.ts), built as well: it starts in a fraction of the time. */
  readonly measuredProcess: string;
  /** The commit that the old tree is. */
  readonly commit: string;
}

/**
 * Checks `ref` out beside this tree, in a folder that is gone when this process ends, however it ends, and
 * builds both. They share this tree's dependencies: what is compared is our code.
 *
 * @throws Error where git knows no such commit, or the old tree cannot be built
 */
export async function buildTrees(ref: string): Promise<BuiltTrees> {
  const commit = git("rev-parse", "--short", "--verify", `${ref}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), "glimprouter-bench-"));
  const checkout = join(folder, "checkout");
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
    git("worktree", "prune");
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  git("worktree", "add", "--quiet", "--detach", checkout, commit);
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  return {
    old: await bundle(join(checkout, "src/index.ts"), join(folder, "old")),
    new: await bundle(join(REPOSITORY, "src/index.ts"), join(folder, "new")),
    measuredProcess: await bundle(
      join(REPOSITORY, "bench/against/measured-process.ts"),
      join(folder, "measured"),
    ),
    commit,
  };
}

async function bundle(entry: string, outDir: string): Promise<string> {
  await build({
    entry: { main: entry },
    outDir,
    format: "esm",
    target: "es2022",
    outExtension: () => ({ js: ".mjs" }),
    skipNodeModulesBundle: true,
    config: false,
    silent: true,
  });
  return join(outDir, "main.mjs");
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: REPOSITORY, encoding: "utf8" }).trim();
}
