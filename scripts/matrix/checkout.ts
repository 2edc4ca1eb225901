import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "../run-command.js";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the matrix writes itself is no part of what it saw. */
export const PAGE = "docs/compatibility.md";

/** Files of the checkout: what git has and what it would take. */
async function checkoutFiles(): Promise<readonly string[]> {
  const listed = await outputOf("git", ["ls-files", "-co", "--exclude-standard"], ROOT);
  return listed.split("\n").filter((path) => existsSync(join(ROOT, path)));
}

/** One name for all that the checkout holds now. */
export async function treeHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await checkoutFiles()) {
    if (path === PAGE) continue;
    hash.update(`${path}\0`).update(await readFile(join(ROOT, path)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** "7753f1d", where a result can be looked up; "7753f1d and changes" where the checkout holds more. */
export async function commitOfCheckout(): Promise<string> {
  const commit = await outputOf("git", ["rev-parse", "--short", "HEAD"], ROOT);
  const changed = await outputOf("git", ["status", "--porcelain", ".", `:!${PAGE}`], ROOT);
  return changed === "" ? commit : `${commit} and changes`;
}

/** Makes `folder` a copy of the checkout; what was installed there stays. */
export async function copyCheckout(folder: string): Promise<void> {
  const installed = ["node_modules", "package.json", "package-lock.json"];
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!installed.includes(name)) await rm(join(folder, name), { recursive: true });
  }
  for (const path of await checkoutFiles()) {
    if (installed.includes(path)) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(ROOT, path), join(folder, path));
  }
}
