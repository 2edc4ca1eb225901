import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputOf } from "../run-command.js";
import type { Cell } from "./cells.js";
import { copyCheckout, ROOT } from "./checkout.js";
import { type NodeBinary, withNode } from "./node-binary.js";

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** What is said of a cell's packages: the peers, and the SDK that @langchain/openai brings. */
export type Versions = Readonly<Record<string, string>>;

/**
 * A copy of the checkout with a cell's peers installed, in the system's folder for temporary files. What is
 * there already is used again: a run that was broken off goes on.
 *
 * @throws Error with npm's words
 */
export async function preparePlace(cell: Cell, node: NodeBinary): Promise<string> {
  // Which versions are the newest depends on the Node that asks for them.
  const name = cell.peers === "newest" ? cell.name : cell.peers;
  const place = join(matrixFolder(), name);
  await copyCheckout(place);
  const manifest = JSON.stringify(await manifestFor(cell), null, 2);
  const lock = join(ROOT, "package-lock.json");
  const stamp = join(matrixFolder(), `${name}.installed`);
  const key = keyOf(manifest, await readFile(lock, "utf8"));
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === key) return place;
  await rm(stamp, { force: true });
  await writeFile(join(place, "package.json"), manifest);
  // Without a lock npm takes of everything the newest that is allowed: what a new project gets.
  if (cell.peers === "newest") {
    await rm(join(place, "package-lock.json"), { force: true });
    await rm(join(place, "node_modules"), { recursive: true, force: true });
  } else {
    await copyFile(lock, join(place, "package-lock.json"));
  }
  await outputOf("npm", ["install", "--no-audit", "--no-fund"], place, withNode(node));
  await writeFile(stamp, key);
  return place;
}

/** The versions that are installed in a place; a package that is missing there is left out. */
export async function versionsIn(place: string): Promise<Versions> {
  const { peerDependencies } = await readManifest();
  const found: Record<string, string> = {};
  for (const name of [...Object.keys(peerDependencies), "openai"]) {
    const file = join(place, "node_modules", name, "package.json");
    if (existsSync(file)) found[name] = JSON.parse(await readFile(file, "utf8")).version;
  }
  return found;
}

/** Where copies of the checkout are. */
function matrixFolder(): string {
  return join(tmpdir(), "langchain-glimprouter-matrix");
}

async function manifestFor({ peers }: Cell): Promise<Manifest> {
  const manifest = await readManifest();
  const { devDependencies, peerDependencies } = manifest;
  const wanted = Object.fromEntries(
    Object.entries(peerDependencies).map(([name, range]) => [
      name,
      peers === "newest" ? range : lowestOf(range),
    ]),
  );
  return { ...manifest, devDependencies: { ...devDependencies, ...wanted } };
}

/** Of `^1.4.0`, or of `>=0.12.0 <1.0.0`. */
function lowestOf(range: string): string {
  const [first = range] = range.split(" ");
  return first.replace(/^(?:\^|>=)/, "");
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
}

function keyOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
}
