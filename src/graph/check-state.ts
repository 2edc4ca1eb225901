import { z } from "zod";
import type { ThinkingTags } from "../core/thinking-tags.js";
import { GlimpRouterError } from "../errors.js";
import { isFreeHeader, isHeaderValue } from "../langchain/options/affinity.js";
import { firstFault, shortly } from "../langchain/resume/first-fault.js";
import { both, count, text } from "../langchain/resume/record-schemas.js";
import { restingSchema } from "../langchain/resume/thought-schema.js";
import type { Json, Opening, Role } from "../router/step-writer.js";
import type { ThoughtState } from "../router/thought-state.js";

/** Their figures have gone into the thought, which is checked; `data` is its writer's. */
const openingsSchema = both(
  z.strictObject({
    kind: text,
    data: z.custom<Json>((value) => value !== undefined),
    opensThought: z.boolean(),
    promptTokens: z.custom<number | null>(() => true),
    tagTokens: count.exactOptional(),
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
  check("thought", restingSchema, thought);
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
    `Expected \`text\` to be all of the thought's text, got ${shortly(given)}. Give a string.`,
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
  const fault = firstFault(name, schema, value);
  if (fault === null) return;
  throw new GlimpRouterError(
    `The graph's state has ${fault}. Change a thought with editThought or rerouteStep only, or go on from an earlier checkpoint (\`graph.getStateHistory(config)\`). Checkpoints of another version of this package may have other fields.`,
    { reason: "invalid_input" },
  );
}
