import { join } from "node:path";
import { type PythonPlace, pythonPlace } from "../python-server/python-place.js";

/** The release that is set up, started and tested against. Others differ: see docs/servers/vllm.md. */
export const VLLM_VERSION = "0.32.0";

/** Where the 2.3 GB live. */
export interface InstallPlace extends PythonPlace {
  readonly vllm: string;
}

export function installPlace(): InstallPlace {
  const place = pythonPlace(`vllm-${VLLM_VERSION}`);
  return { ...place, vllm: join(place.bin, "vllm") };
}
