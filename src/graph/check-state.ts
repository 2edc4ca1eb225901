import { z } from "zod";
import type { ThinkingTags } from "../core/thinking-tags.js";
import { GlimpRouterError } from "../errors.js";
import { isFreeHeader, isHeaderValue } from "../langchain/options/affinity.js";
import { STOP_REASONS } from "../router/step-record.js";
import type { Json, Opening, Role } from "../router/step-writer.js";
import type { ThoughtState } from "../router/thought-state.js";
import {
  amount,
  asideUsage,
  both,
  count,
  decisionRecord,
  json,
  listedToken,
  partRecord,
  pointReading,
  retryRecord,
  role,
  roleUsage,
  speculation,
  stepRecord,
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
  })
  .refine((step) => step.text.endsWith(step.tail), { path: ["tail"] });

/** A thought between two nodes. That no field is forgotten, the compiler sees to. */
const thoughtSchema = z.strictObject({
  phase: z.enum(["glimpse", "small", "large", "rest", "answer", "done"]),
  // A node does not end before it has heard what it waits for.
  waits: z.null(),
  thought: text,
  step: openStep,
  // A checkpoint cannot hold one.
  stream: z.null(),
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
  }),
  stopReason: z.enum(STOP_REASONS).nullable(),
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
}) satisfies z.ZodType<ThoughtState>;

/** Their figures have gone into the thought, which is checked; `data` is its writer's. */
const openingsSchema = both(
  z.strictObject({
    kind: text,
    data: z.custom<Json>((value) => value !== undefined),
    opensThought: z.boolean(),
    promptTokens: z.custom<number | null>(() => true),
    contextSize: z.custom<number | null>(() => true),
    affinity: z
      .strictObject({
        header: z.custom<string>(isFreeHeader),
        id: z.custom<string>(isHeaderValue),
      })
      .exactOptional(),
  }),
) satisfies z.ZodType<Readonly<Record<Role, Opening>>>;

/**
 * A thought that comes from outside: out of a checkpoint, which anybody may have changed.
 *
 * @throws GlimpRouterError `invalid_input` naming field, value and remedy
 */
export function checkThought(thought: ThoughtState): ThoughtState {
  check("thought", thoughtSchema, thought);
  return thought;
}

/** The same for the rendered prompts. */
export function checkOpenings(openings: Readonly<Record<Role, Opening>>): void {
  check("openings", openingsSchema, openings);
}

/** @throws GlimpRouterError `invalid_input` where the new text of a thought is none */
export function checkText(given: unknown): void {
  if (typeof given === "string") return;
  throw new GlimpRouterError(
    `Expected \`text\` to be all of the thought's text, got ${told(given)}. Give a string.`,
    { reason: "invalid_input" },
  );
}

/**
 * A closing tag inside a thought would end it there, for the model that reads it.
 *
 * @param tags - those of the graph; `false`: the text has none
 */
export function checkUnclosed(field: string, thought: string, tags: ThinkingTags | false): void {
  if (tags === false || !thought.includes(tags.close)) return;
  throw new GlimpRouterError(
    `\`${field}\` has the closing tag ${JSON.stringify(tags.close)} in it, where the thought would end for the model that reads it. Leave the tag out: the router closes the thought itself.`,
    { reason: "invalid_input" },
  );
}

function check(name: string, schema: z.ZodType, value: unknown): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return;
  // A field that is too much is named itself, not the object that has it.
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...unknown];
  throw new GlimpRouterError(
    `The graph's state has \`${[name, ...path].join(".")}\`: ${told(valueAt(value, path))}. ${issue.message}. Change a thought with editThought or rerouteStep only, or go on from an earlier checkpoint (\`graph.getStateHistory(config)\`). Checkpoints of another version of this package may have other fields.`,
    { reason: "invalid_input" },
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (each, key) => (each as Readonly<Record<PropertyKey, unknown>> | null)?.[key],
    value,
  );
}

function told(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 100 ? `${json.slice(0, 100)}...` : json;
}
