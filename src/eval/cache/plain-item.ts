import { IMPOSSIBLE_LOGPROB, type TokenLogprobs } from "../../core/token-distribution.js";
import type { Written } from "../../router/step-writer.js";

/** What a writer yielded, as plain data that JSON can hold: candidates may have been named where they were looked at. */
export function plainItem(written: Written): Written {
  if (written.type === "end") return written;
  const { type, text, tokens, usage } = written;
  return { type, text, tokens: tokens.map(plainToken), ...(usage === undefined ? {} : { usage }) };
}

function plainToken({ token, logprob, top }: TokenLogprobs): TokenLogprobs {
  return {
    token,
    logprob: logprob === null ? null : finite(logprob),
    top: top.map((each) => ({ token: each.token, logprob: finite(each.logprob) })),
  };
}

/** JSON has no -Infinity. */
function finite(logprob: number): number {
  return Math.max(IMPOSSIBLE_LOGPROB, logprob);
}
