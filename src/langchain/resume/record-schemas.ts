import { z } from "zod";
import { CUT_REASONS } from "../../router/cut.js";
import { OUTAGES } from "../../router/outage.js";
import { STOP_REASONS } from "../../router/step-record.js";
import type { Json } from "../../router/step-writer.js";

export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const amount = z.number().min(0);
export const text = z.string();
export const role = z.enum(["small", "large"]);
export const both = <Each extends z.ZodType>(each: Each) =>
  z.strictObject({ small: each, large: each });

export const speculation = z.strictObject({ drafted: count, accepted: count }).nullable();
export const stopReason = z.enum(STOP_REASONS);
export const stepEnd = z.enum(["boundary", "close", "eos", "length"]);

export const partRecord = z.strictObject({
  route: role,
  tokens: count,
  ms: amount,
  from: count,
  end: z.enum(["boundary", "close", "eos", "length", "handoff"]),
  speculation,
});

export const decisionRecord = z.strictObject({
  point: text,
  value: z.number().nullable(),
  token: text.nullable(),
  at: count,
  route: role,
});

export const listedToken = z.strictObject({
  token: text,
  logprob: z.number().nullable().exactOptional(),
  top: z.array(z.strictObject({ token: text, logprob: z.number() })),
});

export const roleUsage = z.strictObject({
  input_tokens: count,
  cached_tokens: count.nullable(),
  output_tokens: count,
  discarded_tokens: count,
  estimated: z.boolean(),
});
export const asideUsage = roleUsage.extend({ role });

export const json = z.custom<Json>((value) => value !== undefined);

export const pointReading = z.strictObject({
  state: json,
  unread: z.array(
    z.strictObject({ text, at: count, tokens: count, listed: listedToken.nullable() }),
  ),
  marks: z.array(count),
  entropies: z.array(amount),
  last: z
    .strictObject({
      text,
      at: count,
      entropy: amount,
      distribution: z.array(z.strictObject({ token: text, probability: amount })),
    })
    .nullable(),
  settled: z.boolean(),
  passed: z.boolean(),
});

export const verifiedRecord = z.strictObject({
  by: text,
  value: z.number().nullable(),
  accepted: z.boolean(),
  ms: amount,
  aheadTokens: count.exactOptional(),
  failed: text.exactOptional(),
});

export const watchRecord = z.strictObject({
  step: count,
  entropy: amount.nullable(),
  variance: amount.nullable(),
  ms: amount,
  failed: text.exactOptional(),
});

export const stepRecord = z.strictObject({
  step: count,
  route: role,
  entropy: amount.nullable(),
  token: text.nullable(),
  tokens: count,
  ms: amount,
  end: stepEnd,
  parts: z.array(partRecord),
  decisions: z.array(decisionRecord),
  discarded: count,
  verified: verifiedRecord.exactOptional(),
});

export const retryRecord = z.strictObject({
  step: count.nullable(),
  role,
  reason: z.enum([...CUT_REASONS, "resumed"]),
  afterTokens: count,
  prompted: z.literal(true).exactOptional(),
});

export const degradedRecord = z.strictObject({
  role,
  fromStep: count.nullable(),
  reason: z.enum(OUTAGES),
});
