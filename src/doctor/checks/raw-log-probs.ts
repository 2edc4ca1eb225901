import { entropy } from "../../core/entropy.js";
import {
  IMPOSSIBLE_LOGPROB,
  type TokenLogprob,
  tokenDistribution,
} from "../../core/token-distribution.js";
import { failed, ok, skipped } from "../finding.js";
import { readCandidates } from "../read-candidates.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

/** How many of the likeliest candidates are compared. */
const COMPARED = 6;

/** Nats. Engines that compute the same text twice differ by a tenth at most; a temperature of 0.1 by far more. */
const SAME = 1;

const REMEDY =
  "Serve log-probabilities as they are before temperature (vLLM: --logprobs-mode raw_logprobs, its default; SGLang: SGLANG_RETURN_ORIGINAL_LOGPROB=1).";

/** H_init is the model's own doubt: after temperature, top-p and top-k every step looks easy. */
export const rawLogProbs: Check = {
  id: "raw-log-probs",
  title: "Before temperature",
  needs: ["candidates"],
  async run({ counted, countedCooler, glimpsed, role }, signal) {
    if (role === "large") return skipped("only the small model is glimpsed");
    const text = await glimpsed(signal);
    const { lists } = readCandidates(text.tokens);
    const cut = lists.flat().filter(({ logprob }) => logprob <= IMPOSSIBLE_LOGPROB).length;
    if (cut > 0) {
      return failed(
        `${cut} candidates of ${lists.flat().length} are impossible (${IMPOSSIBLE_LOGPROB} or less): cut before they were reported`,
        REMEDY,
      );
    }
    if (text !== (await counted(signal).catch(() => null))) {
      return ok("a probe is greedy, and no candidate is cut");
    }
    const cooler = await countedCooler(signal);
    if (cooler === null) {
      return skipped(
        "the temperature of this model cannot be set for a request; no candidate is cut",
      );
    }
    return compare(lists[0] ?? [], readCandidates(cooler.tokens).lists[0] ?? []);
  },
};

function compare(warm: readonly TokenLogprob[], cool: readonly TokenLogprob[]): Finding {
  const [one, tenth] = [entropyOf(warm), entropyOf(cool)];
  const difference = Math.max(
    0,
    ...likeliest(warm).map(({ token, logprob }) => {
      const same = cool.find((candidate) => candidate.token === token);
      return same === undefined ? 0 : Math.abs(same.logprob - logprob);
    }),
  );
  const seen = `between temperature 1 and 0.1 a candidate moves by ${difference.toFixed(2)} nats, H from ${one.toFixed(2)} to ${tenth.toFixed(2)}`;
  return difference > SAME ? failed(seen, REMEDY) : ok(seen);
}

function likeliest(top: readonly TokenLogprob[]): readonly TokenLogprob[] {
  return [...top].sort((a, b) => b.logprob - a.logprob).slice(0, COMPARED);
}

function entropyOf(top: readonly TokenLogprob[]): number {
  return entropy(tokenDistribution(top, top.length));
}
