import { ok, skipped } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

export const version: Check = {
  id: "version",
  title: "Server",
  needs: ["continuation"],
  async run({ access, writer }, signal) {
    const { kind } = (await writer(signal)).writer;
    if (access === null) return skipped("there is none");
    const questions = questionsFor(kind);
    if (questions === null) return skipped(`not asked for "${kind}"`);
    return questions.version(access, signal).then(ok, () =>
      // It may be hidden, and is not needed: what the server does is looked at below.
      skipped("the server does not tell its version"),
    );
  },
};
