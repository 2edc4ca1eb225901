import type { StepWriter } from "../../router/step-writer.js";
import type { Examination } from "../examination.js";
import { ok, skipped, warning } from "../finding.js";
import { type HandOff, readHandOffs } from "../read-hand-offs.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

/** Fewer tokens than that, read again, cost less than the hand-off's request. Ordinary blocks have 16 to 128. */
const WORTH_A_WORD = 128;

/**
 * Every hand-off sends the whole thought again: how much of it comes from the server's prefix cache? Hybrid
 * models (Mamba, linear attention) cache whole blocks of 528 to 2,096 tokens, sometimes nothing.
 */
export const prefixCache: Check = {
  id: "prefix-cache",
  title: "Prefix cache",
  needs: ["continues"],
  async run(examination, signal) {
    const { writer } = await examination.writer(signal);
    if (writer.kind === "ask") return skipped("the model is asked");
    return judge(await handOffs(writer, examination, signal));
  },
};

async function handOffs(writer: StepWriter<never>, of: Examination, signal: AbortSignal) {
  const opening = await of.opening(signal);
  const contextSize = opening.contextSize ?? of.givenContextSize ?? null;
  return readHandOffs({ writer, opening, contextSize, worth: WORTH_A_WORD }, signal);
}

function judge(seen: readonly HandOff[] | null): Finding {
  if (seen === null) {
    return skipped(
      "the server does not tell how much of a prompt it had (vLLM: --enable-prompt-tokens-details; SGLang: --enable-cache-report)",
    );
  }
  const last = seen.at(-1);
  if (last === undefined) return skipped("the context is too short to tell");
  const figure = `of ${last.known} tokens that it had seen, the server took ${last.cached} from its cache at a hand-off`;
  const lost = Math.max(...seen.map(({ known, cached }) => known - cached));
  if (lost < WORTH_A_WORD) return ok(figure);
  if (last.cached === 0) {
    return warning(
      `${figure}: each hand-off reads the whole thought again`,
      "Look whether prefix caching is on (vLLM: --enable-prefix-caching; SGLang: no --disable-radix-cache), and whether one server gets all requests of a reply. A hybrid model's blocks may be longer than that.",
    );
  }
  const before = seen.filter(({ cached }) => cached === 0).at(-1);
  const none = before === undefined ? "" : `, and of ${before.known} none`;
  return warning(
    `${figure}${none}: it caches in blocks of up to ${last.cached} tokens, so a hand-off reads up to as many again`,
    "Hybrid models do so. Hand over less often (a higher `threshold`), or give the small model's role to one that is no hybrid.",
  );
}
