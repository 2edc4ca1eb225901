import { ok } from "../finding.js";
import type { Check } from "./check.js";

/** Is there a way to go on with this model's thoughts? An error says which ways there are. */
export const continuation: Check = {
  id: "continuation",
  title: "Continuation",
  needs: ["reachable"],
  async run({ writer }, signal) {
    return ok(`"${(await writer(signal)).writer.kind}"`);
  },
};
