import { GlimpRouterError } from "../../errors.js";
import { promptTextOf } from "../../writers/completion/prompt-text-of.js";
import { ok, quoteTail, skipped, warning } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

const TWO_BOS =
  "The text begins with a BOS, and the server puts a second one before it. Set `serverAddsBos: true` beside the template.";

export const prompt: Check = {
  id: "prompt",
  title: "Prompt",
  needs: ["continuation", "model-name"],
  async run({ access, writer, opening }, signal) {
    try {
      const opened = await opening(signal);
      const { promptTokens } = opened;
      const text = promptTextOf(opened);
      const size = promptTokens === null ? "of unknown length" : `${promptTokens} tokens`;
      if (text === null) return ok(`rendered, ${size}`);
      const seen = `${size}, ends in ${quoteTail(text, 50)}`;
      const questions = questionsFor((await writer(signal)).writer.kind);
      if (access === null || questions?.bosBefore === undefined) return ok(seen);
      const bos = await questions.bosBefore(access, text, signal);
      if (bos === null) return ok(seen);
      return bos < 2 ? ok(`${seen}; ${bos === 1 ? "one BOS" : "no BOS"}`) : warning(seen, TWO_BOS);
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
