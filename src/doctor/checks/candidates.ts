import { entropyCeiling } from "../../core/entropy.js";
import { failed, failedWith, ok, skipped } from "../finding.js";
import { readCandidates } from "../read-candidates.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

export const candidates: Check = {
  id: "candidates",
  title: "Candidates (k)",
  needs: ["log-probs"],
  async run({ glimpsed, role, topLogprobs: k, writer }, signal) {
    if (role === "large") return skipped("only the small model is glimpsed");
    const { tokens, bare: untold } = await glimpsed(signal);
    const { lists, error } = readCandidates(tokens);
    // One good token of eight is not enough: a glimpse can fall on any.
    const bare = tokens.length - lists.length + untold;
    if (error === null && bare > 0 && lists.length > 0) {
      const { kind } = (await writer(signal)).writer;
      return someWithout(`${bare} of ${tokens.length + untold} tokens`, kind);
    }
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

/** What a draft model wrote, and the model only accepted, has no distribution on llama-server. */
function someWithout(tokens: string, kind: string): Finding {
  return kind === "llamacpp"
    ? failed(
        `${tokens} came without any: speculative decoding, whose drafted tokens llama-server lists without candidates`,
        'Start the small model\'s server without a draft model (`-md`, `--spec-type`): only large may have one. Or set `glimpse: "probe"`, whose one token is never drafted.',
      )
    : failed(
        `${tokens} came without any`,
        "Look whether the server speculates (a draft model, n-grams, MTP): some list no candidates for drafted tokens. Start the small model's server without.",
      );
}
