import type { Examination } from "../examination.js";
import { ok, warning } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

/** Tokens of the largest context that a longer prompt is tried on: one that is not refused is read, which takes its time. */
const MOST_TRIED = 32_768;

export const contextSize: Check = {
  id: "context-size",
  title: "Context size",
  needs: ["unfinished-thought"],
  async run(examination, signal) {
    const { role, givenContextSize, opening } = examination;
    const told = (await opening(signal)).contextSize;
    if (told !== null) return tooLong(examination, told, signal);
    if (givenContextSize !== undefined) return ok(`${givenContextSize} tokens, as given`);
    return warning(
      "nobody tells it: a thought that outgrows the context ends in an error",
      `Set \`contextSize: { ${role}: ... }\` in tokens.`,
    );
  },
};

async function tooLong({ access, writer }: Examination, size: number, signal: AbortSignal) {
  const questions = questionsFor((await writer(signal)).writer.kind);
  if (access === null || questions?.refusesTooLong === undefined) return ok(`${size} tokens`);
  if (size > MOST_TRIED) return ok(`${size} tokens; a longer prompt was not tried`);
  if (await questions.refusesTooLong(access, size, signal)) {
    return ok(`${size} tokens; a longer prompt is refused`);
  }
  return warning(
    `${size} tokens, and a longer prompt loses its beginning without a word, although the server is told not to cut it`,
    "Look at what stands in front of the server: it must pass `truncate` on.",
  );
}
