import type { RouteConfig } from "../../src/router/route-config.js";
import type { Run } from "../router/run-thought.js";

/**
 * All that must not depend on where streams are cut: text, parts, values, counts of small's
 * stream. Of a request that is counted as a whole, what ends its text (EOS, a stop string) may be counted once more: where
 * the server's totals come with it, nobody can tell it from text.
 */
export function substance(
  { thought, answer, record, events }: Run,
  glimpse: RouteConfig["glimpse"],
) {
  const counted = (route: string, tokens: number) =>
    route === "small" && glimpse === "fused" ? tokens : 0;
  return {
    thought,
    answer,
    stopReason: record.stopReason,
    answerEnd: record.answer?.end,
    steps: record.steps.map(({ ms: _ms, parts, tokens, discarded, verified, ...step }) => ({
      ...step,
      ...(verified === undefined ? {} : { verified: { ...verified, ms: 0 } }),
      tokens: counted(step.route, tokens),
      discarded: counted("small", discarded),
      parts: parts.map(({ ms: _partMs, tokens, ...part }) => ({
        ...part,
        tokens: counted(part.route, tokens),
      })),
    })),
    decisions: events.filter(({ type }) => type === "route-decided"),
    // Told once, in whatever pieces.
    texts: events.flatMap((event) => (event.type === "step-end" ? [event.text] : [])),
  };
}
