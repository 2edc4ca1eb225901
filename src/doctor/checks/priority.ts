import { modelParams } from "../../writers/connection/model-params.js";
import { ok, skipped } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

export const priority: Check = {
  id: "priority",
  title: "Priority of hand-offs",
  needs: ["think-tag"],
  async run({ access, writer }, signal) {
    const questions = questionsFor((await writer(signal)).writer.kind);
    if (access === null || questions?.priority === undefined) {
      return skipped("only vLLM is told one (`continuationPriority`)");
    }
    return ok(await questions.priority(access, modelParams(access).model, signal));
  },
};
