import { join } from "node:path";
import { type PythonPlace, pythonPlace } from "../python-server/python-place.js";

/** The releases that are set up, started and tested against: see docs/servers/gateways.md. */
export const LITELLM_VERSION = "1.108.7";
export const RAY_VERSION = "2.60.0";

/** Where LiteLLM's 760 MB live. */
export function litellmPlace(): PythonPlace {
  return pythonPlace(`litellm-${LITELLM_VERSION}`);
}

/** Where Ray's 590 MB live. vLLM is not copied: it is read where scripts/vllm put it. */
export function rayPlace(): PythonPlace {
  return pythonPlace(`ray-${RAY_VERSION}`);
}

/** Where nginx runs, and where its package is unpacked if the machine has none. */
export function nginxPlace() {
  const { home } = pythonPlace("nginx");
  return { home, unpacked: join(home, "package") };
}
