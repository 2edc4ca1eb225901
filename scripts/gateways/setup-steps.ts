import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PythonPlace } from "../python-server/python-place.js";
import { createEnvironment, packagesFolder, pip } from "../python-server/python-steps.js";
import type { SetupStep } from "../python-server/set-up.js";
import { installPlace as vllmPlace } from "../vllm/install-place.js";
import { LITELLM_VERSION, RAY_VERSION } from "./install-place.js";

const ENVIRONMENT: SetupStep = {
  name: "venv",
  says: "create a Python 3.11 environment",
  run: createEnvironment,
};

export const LITELLM_STEPS: readonly SetupStep[] = [
  ENVIRONMENT,
  {
    name: "litellm",
    says: `install litellm[proxy] ${LITELLM_VERSION}`,
    run: (place) => pip(place, "install", `litellm[proxy]==${LITELLM_VERSION}`),
  },
];

export const RAY_STEPS: readonly SetupStep[] = [
  ENVIRONMENT,
  { name: "vllm", says: "let it see the vLLM of scripts/vllm", run: linkVllm },
  { name: "ray", says: `install ray[serve] ${RAY_VERSION}`, run: installRay },
];

/** A line in a .pth file: pip sees what is there, and puts what Ray wants otherwise in front of it. */
async function linkVllm(place: PythonPlace): Promise<void> {
  const file = join(await packagesFolder(place), "vllm.pth");
  await writeFile(file, `${await packagesFolder(vllmPlace())}\n`);
}

/** `ray[llm]` asks for vLLM 0.29 and CUDA builds; these are the rest of what it asks for. */
const RAY_LLM_NEEDS = [
  ...["fsspec", "hf_transfer", "jsonref", "jsonschema", "meson", "pandas", "pyarrow", "pybind11"],
  "typer",
];

async function installRay(place: PythonPlace): Promise<void> {
  await pip(place, "install", `ray[serve]==${RAY_VERSION}`, ...RAY_LLM_NEEDS);
}
