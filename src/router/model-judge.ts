import { type Judge, ratingJudge } from "./judge-step.js";
import { likelihoodJudge } from "./likelihood-judge.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";

/** Judges that are models. */
export const MODEL_JUDGES = ["score", "self", "likelihood"] as const;

export type ModelJudge = (typeof MODEL_JUDGES)[number];

/** One of the two models as judge. */
export function modelJudge(
  by: ModelJudge,
  {
    writers,
    openings,
    topLogprobs,
    maxContext = Number.POSITIVE_INFINITY,
  }: {
    readonly writers: Readonly<Record<Role, StepWriter>>;
    readonly openings: Readonly<Record<Role, Opening>>;
    readonly topLogprobs: number;
    /** Of a likelihood, in tokens. */
    readonly maxContext?: number | undefined;
  },
): Judge {
  const role = by === "self" ? "small" : "large";
  const model = { writer: writers[role], opening: openings[role] };
  return by === "likelihood"
    ? likelihoodJudge(role, { ...model, maxContext })
    : ratingJudge(role, { ...model, topLogprobs });
}

/** Few servers tell how likely a given text is. Why a large model cannot judge so; `null` where it can. */
export function whyNoJudge(by: unknown, large: StepWriter): string | null {
  if (by !== "likelihood" || large.scorePrompt !== undefined) return null;
  const why = large.kind === "ask" ? "is prompted" : "cannot tell how likely a given text is";
  return `"likelihood", and the large model ${why} (continuation "${large.kind}"). It takes a large model on vLLM ("vllm") or SGLang ("sglang"), or one in this process ("local"). Otherwise take "score", "self" or a function of your own.`;
}
