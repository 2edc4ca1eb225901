import { ok, warning } from "../finding.js";
import type { Check } from "./check.js";

export const contextSize: Check = {
  id: "context-size",
  title: "Context size",
  needs: ["unfinished-thought"],
  async run({ role, givenContextSize, opening }, signal) {
    const told = (await opening(signal)).contextSize;
    if (told !== null) return ok(`${told} tokens`);
    if (givenContextSize !== undefined) return ok(`${givenContextSize} tokens, as given`);
    return warning(
      "nobody tells it: a thought that outgrows the context ends in an error",
      `Set \`contextSize: { ${role}: ... }\` in tokens.`,
    );
  },
};
