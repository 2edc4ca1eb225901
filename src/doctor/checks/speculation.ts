import { modelParams } from "../../writers/connection/model-params.js";
import { ok, skipped, warning } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

/**
 * A draft model makes large faster. Small's streams are aborted at every hand-off, drafted tokens and all, and
 * its log-probabilities come out of batches of drafts. Where they do not come at all, `candidates` fails.
 */
export const speculation: Check = {
  id: "speculation",
  title: "Speculative decoding",
  needs: ["think-tag"],
  async run({ access, role, writer }, signal) {
    const questions = questionsFor((await writer(signal)).writer.kind);
    if (access === null || questions === null) return skipped("there is no server that tells");
    const { model } = modelParams(access);
    // It may be hidden, and is not needed.
    const drafts = await questions.speculates(access, model, signal).catch(() => null);
    if (drafts === null) return skipped("the server does not tell");
    if (!drafts) return ok("off");
    if (role === "large") return ok("on, where it helps");
    return warning(
      "on: every hand-off throws drafted tokens away, and H_init moves with the batches that drafts are verified in",
      "Start the small model's server without it; only large should have it.",
    );
  },
};
