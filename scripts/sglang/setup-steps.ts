import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PythonPlace } from "../python-server/python-place.js";
import {
  ENVIRONMENT_STEPS,
  installRequirements,
  packagesFolder,
  pip,
  wheelOf,
} from "../python-server/python-steps.js";
import type { SetupStep } from "../python-server/set-up.js";
import { SGLANG_VERSION } from "./install-place.js";

/** GPU kernels, pictures and sound: a text server on a CPU starts without them. */
const NOT_NEEDED = new RegExp(
  `^(${[
    ...["torch", "torchaudio", "torchvision", "torchcodec", "torch_memory_saver", "timm", "av"],
    ...["cuda-python", "flash-attn-4", "flashinfer", "humming", "nvidia-", "nvshmem", "quack"],
    ...["sgl-", "sglang-kernel", "tilelang", "decord2", "blobfile", "modelscope", "datasets"],
    "anthropic",
  ].join("|")})`,
);
/** Imported everywhere and never launched on a CPU; and what its wheel forgets to ask for. */
const ALSO_NEEDED = ["triton", "dill"];
/** Only its image transforms are imported. */
const TORCHVISION = "0.28.0";

const KERNEL_STUB = fileURLToPath(new URL("sgl_kernel.py", import.meta.url));

export const SETUP_STEPS: readonly SetupStep[] = [
  ...ENVIRONMENT_STEPS,
  { name: "download", says: `download sglang ${SGLANG_VERSION} (39 MB)`, run: downloadWheel },
  { name: "dependencies", says: "install what the wheel asks for", run: installDependencies },
  { name: "sglang", says: "install sglang and torchvision's transforms", run: installWheels },
  { name: "kernel", says: "put one function in the kernels' place", run: stubKernels },
];

async function downloadWheel(place: PythonPlace): Promise<void> {
  await pip(place, "download", "--no-deps", `sglang==${SGLANG_VERSION}`);
}

async function installDependencies(place: PythonPlace): Promise<void> {
  const wheel = await wheelOf(place, "sglang-");
  const isNeeded = (requirement: string) => !NOT_NEEDED.test(requirement);
  await installRequirements(place, wheel, isNeeded, ALSO_NEEDED);
}

async function installWheels(place: PythonPlace): Promise<void> {
  const wheel = await wheelOf(place, "sglang-");
  await pip(place, "install", "--no-deps", `torchvision==${TORCHVISION}`, wheel);
}

/** SGLang's kernels are CUDA's, or for a CPU with AMX: no wheel has plain ones. */
async function stubKernels(place: PythonPlace): Promise<void> {
  const packages = await packagesFolder(place);
  // It registers CUDA operations that a CPU build does not have.
  await writeFile(join(packages, "torchvision", "_meta_registrations.py"), "");
  await mkdir(join(packages, "sgl_kernel"), { recursive: true });
  await copyFile(KERNEL_STUB, join(packages, "sgl_kernel", "__init__.py"));
}
