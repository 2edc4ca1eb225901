import { join } from "node:path";
import { type PythonPlace, pythonPlace } from "../python-server/python-place.js";

/** The release that is set up, started and tested against. Others differ: see docs/servers/sglang.md. */
export const SGLANG_VERSION = "0.5.23";

/** Where the 3.1 GB live. */
export interface InstallPlace extends PythonPlace {
  readonly sglang: string;
}

export function installPlace(): InstallPlace {
  const place = pythonPlace(`sglang-${SGLANG_VERSION}`);
  return { ...place, sglang: join(place.bin, "sglang") };
}
