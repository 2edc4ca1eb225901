/**
 * Sets up a real SGLang on a CPU for `npm run test:sglang`: 3.1 GB in the user's cache folder, a few minutes.
 * Run it again after a failure: it goes on at the step that failed. Delete the folder it prints to undo it.
 */
import { setUp } from "../python-server/set-up.js";
import { installPlace, SGLANG_VERSION } from "./install-place.js";
import { SETUP_STEPS } from "./setup-steps.js";

setUp({
  title: `SGLang ${SGLANG_VERSION}`,
  place: installPlace(),
  steps: SETUP_STEPS,
  space: { bytes: 5e9, until: "dependencies" },
  next: "npm run test:sglang",
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
