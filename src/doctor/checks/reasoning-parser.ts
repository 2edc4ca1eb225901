import { ok, skipped } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

/** No finding of this check is a fault: text completions are not parsed, and "vllm-chat" reads both fields. */
export const reasoningParser: Check = {
  id: "reasoning-parser",
  title: "Reasoning parser",
  needs: ["prompt"],
  async run({ access, promptRequest, writer }, signal) {
    const { kind } = (await writer(signal)).writer;
    const questions = questionsFor(kind);
    if (questions === null || access === null) return skipped(`not asked for "${kind}"`);
    try {
      const { parsed } = await questions.parsedReply(access, promptRequest(), signal);
      if (!parsed) return ok("off, or there was no thought to parse");
      return ok(
        kind === "vllm-chat"
          ? "on: the thought is read from its own field"
          : "on, and harmless: text completions are not parsed",
      );
    } catch {
      return skipped("the server takes no chat request");
    }
  },
};
