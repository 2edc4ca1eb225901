/**
 * A tool that one check needs and nobody else: too big for `node_modules`, and not everybody's business. Each
 * has a folder here with its pins (`package.json`, `package-lock.json`), and is installed on demand into the
 * user's cache folder.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "../run-command.js";

/** The tools that there are, and the folders of their pins. */
export const TOOLS = ["workerd", "ai-sdk"] as const;
export type Tool = (typeof TOOLS)[number];

const PINS = ["package.json", "package-lock.json"] as const;

/** No script of a package runs: the tools are taken as they are packed. */
const NPM_OPTIONS = ["--ignore-scripts", "--no-audit", "--no-fund"] as const;

/**
 * Where a tool's `node_modules` is; it is installed first where it is not there. Other pins are another
 * folder, so that what is there is what is meant. A run that broke off leaves no half folder behind, and the
 * next one takes from npm's cache what had come.
 *
 * @throws Error where npm cannot install it, with npm's words
 */
export async function installTool(tool: Tool): Promise<string> {
  return installOnce(`${tool}-${await fingerprint(tool)}`, async (draft) => {
    for (const name of PINS) await copyFile(pinOf(tool, name), join(draft, name));
    await outputOf("npm", ["ci", ...NPM_OPTIONS], draft);
  });
}

/** Where one package is installed at one version, such as "pnpm@12.21.0": what no pins are worth. */
export function installPackage(name: string, version: string): Promise<string> {
  return installOnce(`${name}-${version}`, async (draft) => {
    await writeFile(join(draft, "package.json"), "{}");
    await outputOf("npm", ["install", ...NPM_OPTIONS, `${name}@${version}`], draft);
  });
}

async function installOnce(
  name: string,
  install: (draft: string) => Promise<void>,
): Promise<string> {
  const home = join(toolsFolder(), name);
  if (existsSync(home)) return home;
  await mkdir(toolsFolder(), { recursive: true });
  const draft = await mkdtemp(`${home}.new-`);
  try {
    await install(draft);
    await rename(draft, home);
  } catch (error) {
    // Another process was faster; what is there is the same.
    if (!existsSync(home)) throw new Error(`${name} cannot be installed: ${messageOf(error)}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return home;
}

function toolsFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "langchain-glimprouter", "tools");
}

async function fingerprint(tool: Tool): Promise<string> {
  const hash = createHash("sha256");
  for (const name of PINS) hash.update(await readFile(pinOf(tool, name)));
  return hash.digest("hex").slice(0, 12);
}

function pinOf(tool: Tool, name: string): string {
  return fileURLToPath(new URL(`${tool}/${name}`, import.meta.url));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
