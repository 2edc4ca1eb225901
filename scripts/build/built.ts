import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NOTE = join(ROOT, ".cache/built");
/** What a build is made of, and what it makes. */
const PARTS = [
  "src",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsup.config.ts",
  "dist",
];

/** Does dist/ hold what a build of these very sources made, byte for byte? A build takes a minute of two cores. */
export async function isBuilt(): Promise<boolean> {
  try {
    return (await readFile(NOTE, "utf8")) === (await hashOf(PARTS));
  } catch {
    // Nothing was built yet, or dist/ was removed.
    return false;
  }
}

/** Told after each build. */
export async function noteBuilt(): Promise<void> {
  await mkdir(dirname(NOTE), { recursive: true });
  await writeFile(NOTE, await hashOf(PARTS));
}

async function hashOf(parts: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await filesOf(parts)) {
    hash.update(`${file}\0`).update(await readFile(join(ROOT, file)));
  }
  return hash.digest("hex");
}

async function filesOf(parts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const part of parts) {
    const inside = await readdir(join(ROOT, part), { recursive: true, withFileTypes: true }).catch(
      () => null,
    );
    if (inside === null) found.push(part);
    else {
      const files = inside.filter((each) => each.isFile());
      found.push(...files.map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length)));
    }
  }
  return found.sort();
}
