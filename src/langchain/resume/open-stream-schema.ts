import { z } from "zod";
import type { OpenStream } from "../../router/open-stream.js";
import { count, listedToken, role, speculation, text } from "./record-schemas.js";

/** Text of a stream that was not read yet. */
export const textPiece = z.strictObject({
  text,
  first: listedToken.nullable(),
  tokens: count,
});

/** The request that was open when a reply broke off. */
export const openStream = z.strictObject({
  role,
  purpose: z.enum(["fused", "probe", "step", "rest", "answer", "turn"]),
  maxTokens: count,
  limitedBy: z.enum(["step", "budget", "context", "tokens", "cost"]),
  inputTokens: count,
  keptBefore: count,
  textless: z.strictObject({ first: listedToken, count }).nullable(),
  events: count,
  received: count,
  spelled: count,
  listed: z.boolean(),
  usage: z
    .strictObject({
      input_tokens: count.nullable(),
      cached_tokens: count.nullable(),
      output_tokens: count.nullable(),
      text_tokens: count.nullable(),
      speculation,
    })
    .nullable(),
  half: text,
  textlessAtEnd: count,
  complete: z.boolean(),
}) satisfies z.ZodType<OpenStream>;
