import { ok, skipped, warning } from "../finding.js";
import { readCandidates } from "../read-candidates.js";
import type { Check } from "./check.js";

/** Two ids with one text: where candidates come as a map by text, one of the two takes the other's place. */
export const equalTexts: Check = {
  id: "equal-texts",
  title: "Two ids, one text",
  needs: ["log-probs"],
  async run({ glimpsed, role, topLogprobs }, signal) {
    if (role === "large") return skipped("only the small model is glimpsed");
    const { lists, error } = readCandidates((await glimpsed(signal)).tokens);
    if (error !== null) {
      return warning(
        `they fell together, and an unknown share of the probability is gone: ${error.message}`,
        'Such a glimpse is an error. If it happens often, use `continuation: "vllm-chat"`, which lists candidates.',
      );
    }
    const twins = lists.filter((top) => new Set(top.map(({ token }) => token)).size < top.length);
    if (twins.length > 0) return ok(`kept apart, in ${twins.length} of ${lists.length} tokens`);
    const short = lists.filter((top) => top.length < topLogprobs).length;
    return ok(
      short > 0 && short < lists.length
        ? `fell together in ${short} of ${lists.length} tokens, where they are too unlikely to matter`
        : `none in ${lists.length} tokens`,
    );
  },
};
