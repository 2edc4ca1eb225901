import { entropyCeiling } from "../../core/entropy.js";
import { failed, failedWith, ok, skipped } from "../finding.js";
import { readCandidates } from "../read-candidates.js";
import type { Check } from "./check.js";

export const candidates: Check = {
  id: "candidates",
  title: "Candidates (k)",
  needs: ["log-probs"],
  async run({ counted, role, topLogprobs: k }, signal) {
    if (role === "large") return skipped("only the small model is glimpsed");
    const { lists, error } = readCandidates((await counted(signal)).tokens);
    const most = Math.max(0, ...lists.map(({ length }) => length));
    if (most >= k) return ok(`${k}, as asked for`);
    if (lists.length === 0 && error !== null) return failedWith(error);
    const enough =
      most < 2
        ? ""
        : `Set \`topLogprobs: ${most}\` (the threshold is then at most ln ${most} = ${entropyCeiling(most).toFixed(3)}), or let`;
    return failed(
      `${most} of the ${k} that were asked for`,
      `${enough || "Let"} the server give ${k} (vLLM: --max-logprobs ${k}).`,
    );
  },
};
