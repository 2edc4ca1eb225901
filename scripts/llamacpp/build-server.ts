/**
 * Builds llama.cpp's server once, for `npm run test:llamacpp`: from the sources that node-llama-cpp carries,
 * without any download, in 8 minutes on two free cores. Prints where it is. Run it again after a failure: it
 * goes on where it stopped.
 */
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { availableParallelism, constants, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { outputOf, runCommand } from "../run-command.js";
import { type ServerBinary, serverBinary } from "./server-binary.js";

/** What must be on the PATH, and who has it. */
const TOOLS: readonly { readonly program: string; readonly remedy: string }[] = [
  { program: "git", remedy: "apt-get install git" },
  { program: "cmake", remedy: "apt-get install cmake, or pip install cmake (3.14 or newer)" },
  { program: "ninja", remedy: "apt-get install ninja-build, or pip install ninja" },
  { program: "c++", remedy: "apt-get install g++ (11 or newer), or clang" },
];

/** A plain server for any x86-64 CPU with AVX2: no web page, no TLS, nothing to download. */
const OPTIONS = [
  "CMAKE_BUILD_TYPE=Release",
  "BUILD_SHARED_LIBS=OFF",
  "LLAMA_BUILD_TESTS=OFF",
  "LLAMA_BUILD_EXAMPLES=OFF",
  "LLAMA_BUILD_APP=OFF",
  "LLAMA_BUILD_UI=OFF",
  // Else it asks for a page on the net.
  "LLAMA_USE_PREBUILT_UI=OFF",
  "LLAMA_OPENSSL=OFF",
  "GGML_NATIVE=OFF",
  "GGML_OPENMP=OFF",
];

async function buildServer(): Promise<void> {
  const binary = serverBinary();
  if (existsSync(binary.path)) return console.log(`llama-server ${binary.tag}: ${binary.path}`);
  await requireTools();
  // Other work goes first; the build's own programs inherit it.
  setPriority(constants.priority.PRIORITY_LOW);
  console.log(`Building llama-server ${binary.tag} in ${binary.buildFolder} (about 8 minutes) ...`);
  const start = performance.now();
  const sources = await checkOutSources(binary);
  const folder = join(binary.buildFolder, "build");
  const definitions = OPTIONS.map((option) => `-D${option}`);
  const cwd = binary.buildFolder;
  await runCommand("cmake", ["-S", sources, "-B", folder, "-G", "Ninja", ...definitions], cwd);
  const jobs = String(availableParallelism());
  await runCommand("cmake", ["--build", folder, "-j", jobs, "--target", "llama-server"], cwd);
  await keepBinary(join(folder, "bin", "llama-server"), binary);
  const minutes = (performance.now() - start) / 60_000;
  console.log(`Built in ${minutes.toFixed(1)} minutes: ${binary.path}`);
}

async function requireTools(): Promise<void> {
  const missing: string[] = [];
  for (const { program, remedy } of TOOLS) {
    await outputOf(program, ["--version"]).catch(() => missing.push(`${program} (${remedy})`));
  }
  if (missing.length > 0) {
    throw new Error(`To build llama-server these are missing: ${missing.join("; ")}.`);
  }
}

async function checkOutSources({ bundle, buildFolder }: ServerBinary): Promise<string> {
  if (!existsSync(bundle)) {
    throw new Error(`node-llama-cpp carries no sources at ${bundle}: run npm ci again.`);
  }
  await mkdir(buildFolder, { recursive: true });
  const sources = join(buildFolder, "llama.cpp");
  if (existsSync(join(sources, "CMakeLists.txt"))) return sources;
  await rm(sources, { recursive: true, force: true });
  await runCommand(
    "git",
    ["-c", "advice.detachedHead=false", "clone", "-q", bundle, sources],
    buildFolder,
  );
  return sources;
}

/** The binary without its symbols; all else is deleted. */
async function keepBinary(built: string, { path, buildFolder }: ServerBinary): Promise<void> {
  await runCommand("strip", [built], buildFolder).catch(() => {
    console.log("strip failed: the binary stays larger than it need be.");
  });
  await mkdir(dirname(path), { recursive: true });
  // In one step: nobody may find half a server.
  await copyFile(built, `${path}.new`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
  await rm(buildFolder, { recursive: true, force: true });
}

buildServer().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
