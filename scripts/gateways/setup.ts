/**
 * Sets up what stands in front of vLLM in `npm run test:gateways`: LiteLLM, Ray Serve LLM and, where there is none, nginx. Run
 * scripts/vllm/setup.ts before it. Each lies in a folder of its own in the user's cache folder, which it prints:
 * delete it to undo it. Run it again after a failure: it goes on at the step that failed.
 */
import { isFinished, setUp } from "../python-server/set-up.js";
import { installPlace as vllmPlace } from "../vllm/install-place.js";
import { LITELLM_VERSION, litellmPlace, RAY_VERSION, rayPlace } from "./install-place.js";
import { requireNginx } from "./nginx-program.js";
import { LITELLM_STEPS, RAY_STEPS } from "./setup-steps.js";

async function setUpGateways(): Promise<void> {
  if (!isFinished(vllmPlace(), "version")) {
    throw new Error("vLLM is not set up. Run: npx tsx scripts/vllm/setup.ts");
  }
  console.log(`nginx: ${await requireNginx()}`);
  const next = "npm run test:gateways";
  await setUp({
    title: `LiteLLM ${LITELLM_VERSION}`,
    place: litellmPlace(),
    steps: LITELLM_STEPS,
    space: { bytes: 1e9, until: "litellm" },
    next,
  });
  await setUp({
    title: `Ray ${RAY_VERSION}`,
    place: rayPlace(),
    steps: RAY_STEPS,
    space: { bytes: 1e9, until: "ray" },
    next,
  });
}

setUpGateways().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
