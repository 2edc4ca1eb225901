/** Sets up Python's `openai` for `npm run test:clients`, in a folder of the user's cache that it prints: delete it to undo it. */
import { createEnvironment, pip } from "../python-server/python-steps.js";
import { setUp } from "../python-server/set-up.js";
import { OPENAI_VERSION, pythonClientPlace } from "./install-place.js";

const openai = {
  name: "openai",
  says: `install openai ${OPENAI_VERSION}`,
  run: (place: ReturnType<typeof pythonClientPlace>) =>
    pip(place, "install", `openai==${OPENAI_VERSION}`),
};

setUp({
  title: `Python's openai ${OPENAI_VERSION}`,
  place: pythonClientPlace(),
  steps: [
    { name: "venv", says: "create a Python 3.11 environment", run: createEnvironment },
    openai,
  ],
  space: { bytes: 2e8, until: openai.name },
  next: "npm run test:clients",
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
