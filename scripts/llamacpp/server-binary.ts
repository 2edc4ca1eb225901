import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The sources of llama.cpp that node-llama-cpp was built from, as a git bundle. */
const SOURCES = fileURLToPath(new URL("../../node_modules/node-llama-cpp/llama/", import.meta.url));

/** Where the server is, or will be: 12 MB in the user's cache folder, outside the repository. */
export interface ServerBinary {
  /** llama.cpp's release, such as "v0.5.0". */
  readonly tag: string;
  readonly bundle: string;
  readonly path: string;
  /** Only while it is being built; a build that broke off goes on there. */
  readonly buildFolder: string;
}

/**
 * @throws Error where node-llama-cpp is not installed
 */
export function serverBinary(): ServerBinary {
  const tag = releaseTag();
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const own = join(cache, "langchain-glimprouter", `llama-server-${tag}`);
  return {
    tag,
    bundle: join(SOURCES, "gitRelease.bundle"),
    // A build of the user's own, with a GPU say.
    path: process.env.LLAMA_SERVER || own,
    buildFolder: `${own}.build`,
  };
}

/** The server's path, `null` where it was not built yet. */
export function builtServer(): string | null {
  const { path } = serverBinary();
  return existsSync(path) ? path : null;
}

function releaseTag(): string {
  try {
    const text = readFileSync(join(SOURCES, "binariesGithubRelease.json"), "utf8");
    return (JSON.parse(text) as { release: string }).release;
  } catch (cause) {
    throw new Error(`llama.cpp's sources are not in ${SOURCES}: run npm ci first.`, { cause });
  }
}
