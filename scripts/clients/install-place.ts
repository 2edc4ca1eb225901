import { type PythonPlace, pythonPlace } from "../python-server/python-place.js";

/** The release that is set up, and tested as a client. */
export const OPENAI_VERSION = "3.57.0";

export function pythonClientPlace(): PythonPlace {
  return pythonPlace(`python-openai-${OPENAI_VERSION}`);
}
