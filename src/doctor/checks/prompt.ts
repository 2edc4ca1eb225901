import { GlimpRouterError } from "../../errors.js";
import { promptTextOf } from "../../writers/completion/prompt-text-of.js";
import { ok, quoteTail, skipped } from "../finding.js";
import type { Check } from "./check.js";

export const prompt: Check = {
  id: "prompt",
  title: "Prompt",
  needs: ["continuation", "model-name"],
  async run({ opening }, signal) {
    try {
      const opened = await opening(signal);
      const { promptTokens } = opened;
      const text = promptTextOf(opened);
      const size = promptTokens === null ? "of unknown length" : `${promptTokens} tokens`;
      return ok(text === null ? `rendered, ${size}` : `${size}, ends in ${quoteTail(text, 50)}`);
    } catch (error) {
      // What the template did to the thought is the next check's finding.
      if (!isNotContinued(error)) throw error;
      return skipped("rendered, and not as it must be: see the unfinished thought");
    }
  },
};

function isNotContinued(error: unknown): boolean {
  return GlimpRouterError.isInstance(error) && error.reason === "not_continued";
}
