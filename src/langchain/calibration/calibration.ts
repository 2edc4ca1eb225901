import { z } from "zod";

const estimate = z.object({ value: z.number(), lo: z.number(), hi: z.number() });

const modelSchema = z.object({
  name: z.string(),
  server: z.string().nullable(),
  version: z.string().nullable(),
  /** Of the prompt as the model's template renders it; `null` where that is not seen. */
  fingerprint: z.string().nullable(),
});

const signalSchema = z.object({
  /** A point, a verification, a blend, or one of the dummies `stepNumber`, `stepLength`, `holdsDigit`. */
  name: z.string(),
  /** A dummy, which a signal must beat. */
  dummy: z.boolean(),
  /** Change of final accuracy by ONE hand-over above the threshold less one anywhere; `null` without a checker. */
  gain: estimate.nullable(),
  /** Share of what is known of `gain` that came from branches, 0 to 1; `null` without a gain. */
  fromBranches: z.number().nullable().default(null),
  /** Of the label, pooled and within problems; `null` where the label is gain alone. */
  auroc: estimate.nullable(),
  within: estimate.nullable(),
  /** Permutation within problems, the best of the whole menu (Westfall and Young). */
  p: z.number().nullable(),
  /** Share of the bad steps among the quarter with the highest values. */
  capture25: z.number().nullable(),
  n: z.number().int(),
  positives: z.number().int().nullable(),
});

/** What `calibrate` writes: where, when and by what this pair routes, what that attained, and on which set-up. */
export const calibrationSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  /** ISO 8601. */
  made: z.string(),
  package: z.string(),
  small: modelSchema,
  large: modelSchema,
  /** Candidates of a glimpse. */
  k: z.number().int().min(2),
  logprobs: z.literal("raw"),
  delimiter: z.string(),
  thinking: z.union([z.literal(false), z.object({ open: z.string(), close: z.string() })]),
  /** Name of the point: `pointFromName` builds it again. */
  point: z.string(),
  /** The policy: a hand-over above, or below, the threshold. */
  direction: z.enum(["above", "below"]),
  /** tau, in the point's unit. */
  threshold: z.number(),
  verify: z
    .object({
      by: z.enum(["score", "self", "likelihood"]),
      threshold: z.number(),
      when: z.enum(["always", "doubtful"]),
    })
    .nullable(),
  target: z.union([
    z.object({ steps: z.number() }),
    z.object({ largeTokens: z.number() }),
    z.object({ cost: z.number() }),
  ]),
  attained: z.object({
    /** Of what `target` names, where it was fitted, and on held-out routed runs. */
    fit: z.number(),
    heldOut: estimate,
    /**
     * Hand-overs an occasion on held-out routed runs, and the interval within which 500 decisions of a router on the
     * same kind of problems lie, but for one time in a thousand: beyond it, it has drifted.
     */
    rate: estimate,
  }),
  /** Share of the values within .02 of tau. */
  knifeEdge: z.number(),
  /** Of the value, at 0, .01, ..., 1. */
  quantiles: z.array(z.number()),
  /**
   * H_init in nats at the steps of LARGE's thoughts, as small sees it: above which value which share of the steps lies. `null`:
   * small cannot tell the likelihood of a text that it has not written.
   */
  firstLook: z
    .object({
      thoughts: z.number().int(),
      steps: z.number().int(),
      above: z.array(z.object({ share: z.number(), value: z.number() })),
    })
    .nullable()
    .default(null),
  signals: z.array(signalSchema),
  /**
   * Pairs of replies that differ in ONE hand-over of small's own thought, at all kinds of places: in how many the answer with
   * it was better, and worse. `null`: none were asked for.
   */
  branches: z
    .object({ n: z.number().int(), better: z.number().int(), worse: z.number().int() })
    .nullable()
    .default(null),
  /** All that were asked for. Truncated, unparsed and failed ones have counted as wrong. */
  replies: z
    .object({
      n: z.number().int(),
      truncated: z.number().int(),
      unparsed: z.number().int(),
      errors: z.number().int(),
    })
    .nullable()
    .default(null),
  /** On held-out problems; see `Verdict` of the evaluation. */
  verdict: z.object({
    says: z.enum(["gains", "no gain worth d", "gains, less than d", "undecided", "not asked"]),
    difference: z.number().nullable(),
    lo: z.number().nullable(),
    hi: z.number().nullable(),
    margin: z.number(),
    null: z.enum(["chord", "random"]).nullable(),
    more: z.number().nullable(),
    words: z.string(),
  }),
  /**
   * Entropies in nats behind fixed texts: names do not show a quantisation or another template. `large`: `null` where it
   * tells no candidates.
   */
  canaries: z.array(
    z.object({ thought: z.string(), small: z.number(), large: z.number().nullable() }),
  ),
  data: z.object({
    sha256: z.string(),
    n: z.number().int(),
    clusters: z.number().int(),
    split: z.number(),
    seed: z.number().int(),
  }),
});

export type Calibration = z.infer<typeof calibrationSchema>;
