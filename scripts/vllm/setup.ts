/**
 * Sets up a real vLLM on a CPU for `npm run test:vllm`: 2.3 GB in the user's cache folder, a few minutes.
 * Run it again after a failure: it goes on at the step that failed. Delete the folder it prints to undo it.
 */
import { setUp } from "../python-server/set-up.js";
import { installPlace, VLLM_VERSION } from "./install-place.js";
import { SETUP_STEPS } from "./setup-steps.js";

setUp({
  title: `vLLM ${VLLM_VERSION}`,
  place: installPlace(),
  steps: SETUP_STEPS,
  // Triton is installed by a dependency before it can be removed: 3.4 GB for a moment, and the wheel.
  space: { bytes: 4e9, until: "dependencies" },
  next: "npm run test:vllm",
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
