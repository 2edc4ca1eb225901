import { z } from "zod";
import type { ThoughtState } from "../../router/thought-state.js";
import { openStream, textPiece } from "./open-stream-schema.js";
import {
  amount,
  asideUsage,
  both,
  count,
  decisionRecord,
  degradedRecord,
  json,
  listedToken,
  partRecord,
  pointReading,
  retryRecord,
  role,
  roleUsage,
  speculation,
  stepEnd,
  stepRecord,
  stopReason,
  text,
  verifiedRecord,
  watchRecord,
} from "./record-schemas.js";

const openStep = z
  .strictObject({
    text,
    parts: z.array(partRecord),
    part: z.strictObject({ from: count, tokens: count, ms: amount, speculation }),
    reading: pointReading.nullable(),
    decisions: z.array(decisionRecord),
    highest: decisionRecord.nullable(),
    discarded: count,
    judgedFrom: z
      .strictObject({ cut: count, tokensBefore: count, untilEnd: z.boolean() })
      .nullable(),
    verified: verifiedRecord.nullable(),
    held: text,
    heldFrom: listedToken.nullable(),
    heldTokens: count,
    dropped: text,
    emitted: count,
    begun: z.boolean(),
    tail: text,
    started: z.boolean(),
    route: role.nullable(),
    entropy: amount.nullable(),
    token: text.nullable(),
    tokens: count,
    ms: amount,
    halved: z.boolean(),
    unstopped: z.boolean(),
  })
  .refine((step) => step.emitted <= step.text.length, { path: ["emitted"] })
  .refine((step) => step.part.from <= step.text.length + step.held.length, {
    path: ["part", "from"],
  });

/** Who is awaited; what a stream had brought behind that place is text that may come. */
const waiting = z.discriminatedUnion("for", [
  z.strictObject({
    for: z.literal("verdict"),
    end: stepEnd,
    stopReason: stopReason.nullable(),
    behind: z.array(textPiece),
    isOver: z.boolean(),
  }),
  z.strictObject({ for: z.literal("watch"), behind: z.array(textPiece), isOver: z.boolean() }),
]);

/** That no field is forgotten, the compiler sees to. */
const thought = z.strictObject({
  phase: z.enum(["glimpse", "small", "large", "rest", "answer", "done"]),
  waits: waiting.nullable(),
  thought: text,
  step: openStep,
  stream: openStream.nullable(),
  steps: z.array(stepRecord),
  recent: z.array(text),
  forced: z.boolean(),
  turn: count.nullable(),
  pointState: json.nullable(),
  policyStates: z.record(text, json),
  untilEnd: z.boolean(),
  handoffs: count,
  sinceLarge: count.nullable(),
  thoughtTokens: count,
  rooms: both(
    z.strictObject({ promptTokens: count.nullable(), contextSize: count.min(1).nullable() }),
  ),
  watched: z.array(watchRecord),
  requests: z.strictObject({
    small: count,
    large: count,
    verify: count.exactOptional(),
    watch: count.exactOptional(),
  }),
  usage: z.strictObject({
    small: roleUsage,
    large: roleUsage,
    verify: asideUsage.exactOptional(),
    watch: asideUsage.exactOptional(),
    warmSmall: asideUsage.exactOptional(),
    warmLarge: asideUsage.exactOptional(),
  }),
  stopReason: stopReason.nullable(),
  answer: z
    .strictObject({
      tokens: count,
      ms: amount,
      end: z.enum(["eos", "length", "stop", "tool_calls"]),
      speculation,
    })
    .nullable(),
  answerMs: amount,
  answerText: text,
  answerTokens: count,
  retries: z.array(retryRecord),
  warm: z.strictObject({ requests: count, inputTokens: count, failed: count }).nullable(),
  degraded: degradedRecord.nullable(),
}) satisfies z.ZodType<ThoughtState>;

/** A thought as a driver of the reducer leaves it. A step that is whole has no end in which a boundary may have begun. */
export const thoughtSchema = thought.refine(
  ({ step, stream, waits }) =>
    waits !== null || stream?.complete === true || step.text.endsWith(step.tail),
  { path: ["step", "tail"] },
);

/** A thought between two nodes of a graph: nobody is awaited any more, and a checkpoint cannot hold a stream. */
export const restingSchema = thought
  .extend({ waits: z.null(), stream: z.null() })
  .refine(({ step }) => step.text.endsWith(step.tail), { path: ["step", "tail"] });
