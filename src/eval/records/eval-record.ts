import { z } from "zod";

/** What became of a reply. Only `ok` can be right: the others count as wrong, and are printed beside the accuracy. */
const EVAL_STATUSES = ["ok", "error", "truncated", "unparsed"] as const;

const count = z.number().int().min(0);
const route = z.enum(["small", "large"]);

const usageSchema = z.object({
  /** Prompt tokens of all requests. */
  input: count,
  /** Of these, read from the server's prefix cache; `null` where it does not tell. */
  cached: count.nullable(),
  /** Generated tokens, discarded ones included. */
  output: count,
  /** Of these, thrown away at hand-offs. */
  discarded: count,
  /** Some were counted by us: a server did not report them. */
  estimated: z.boolean(),
});

const requestsSchema = z.object({
  small: count,
  large: count,
  verify: count.optional(),
  watch: count.optional(),
});

const decisionSchema = z.object({
  point: z.string(),
  /** In the point's unit; `null` where nothing was looked at (large by repetition). */
  value: z.number().nullable(),
  token: z.string().nullable(),
  /** UTF-16 offset in what small had written of the step. */
  at: count,
  route,
  /** The likeliest tokens and their probabilities, at most five; empty where they were not told. */
  candidates: z.array(z.tuple([z.string(), z.number()])),
});

const stepSchema = z.object({
  /** The first step is 1. */
  step: count,
  route,
  end: z.enum(["boundary", "close", "eos", "length"]),
  tokens: count,
  ms: z.number(),
  text: z.string(),
  parts: z.array(z.object({ route, tokens: count, ms: z.number(), from: count })),
  decisions: z.array(decisionSchema),
  verified: z
    .object({ by: z.string(), value: z.number().nullable(), accepted: z.boolean() })
    .optional(),
});

/** One reply of one arm to one problem: a line of `records.jsonl`. Times are milliseconds, counts tokens. */
export const evalRecordSchema = z.object({
  v: z.literal(1),
  /** Of arm, problem, repeat and `atOnce`: a run that goes on leaves out the keys that it has. */
  key: z.string(),
  problem: z.string(),
  cluster: z.string(),
  arm: z.string(),
  /** From 0. */
  repeat: count,
  /** So many replies were under way at once in mode latency; 1 in mode quality, whose times are none to compare. */
  atOnce: z.number().int().min(1),
  /** Unix time in milliseconds; with `ms` it says how long an arm was busy. */
  startedAt: z.number(),
  status: z.enum(EVAL_STATUSES),
  /** From 0 to 1; 0 unless `status` is `ok`. */
  score: z.number().min(0).max(1),
  /** The answer as the checker read it. */
  extracted: z.string().nullable(),
  why: z.string().nullable(),
  ms: z.number(),
  /** Until the answer's first token. */
  msToAnswer: z.number().nullable(),
  requests: requestsSchema,
  usage: z.object({
    small: usageSchema,
    large: usageSchema,
    verify: usageSchema.optional(),
    watch: usageSchema.optional(),
    warmSmall: usageSchema.optional(),
    warmLarge: usageSchema.optional(),
  }),
  /** Money, in the unit of the prices; `null` without prices. */
  cost: z.number().nullable(),
  speculation: z.object({ drafted: count, accepted: count }).nullable(),
  stopReason: z.string().nullable(),
  /** `null`: the reply was not routed. */
  interventionRate: z.number().nullable(),
  largeShare: z.number().nullable(),
  handoffs: count.nullable(),
  /** Small's mean -log p a token over its own reply, nats (for the cascade that is replayed); `null` where unknown. */
  surprise: z.number().nullable(),
  /** Empty where the reply was not routed. */
  steps: z.array(stepSchema),
  /** The whole thought of a reply that was not routed; of one that was, its steps have it. */
  thought: z.string().nullable(),
  answer: z.string(),
  error: z.object({ reason: z.string(), message: z.string() }).nullable(),
});

export type EvalRecord = z.infer<typeof evalRecordSchema>;
export type EvalUsage = z.infer<typeof usageSchema>;
export type EvalStep = z.infer<typeof stepSchema>;
