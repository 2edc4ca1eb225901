import { z } from "zod";

/** Text and pictures; what a model cannot read its server says. */
const partSchema = z.union([
  z.object({ type: z.literal("text"), text: z.string() }),
  z.looseObject({ type: z.literal("image_url") }),
]);

const content = z.union([z.string(), z.array(partSchema)]);

const argumentsSchema = z.string().transform((text, context) => {
  try {
    const read: unknown = text.trim() === "" ? {} : JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) {
      return read as Readonly<Record<string, unknown>>;
    }
  } catch {
    // The same is said of it below.
  }
  context.addIssue({ code: "custom", message: "expected a JSON object in a string" });
  return z.NEVER;
});

/** A message of OpenAI's. */
export const messageSchema = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content, name: z.string().nullish() }),
  z.object({ role: z.literal("user"), content, name: z.string().nullish() }),
  z.object({
    role: z.literal("assistant"),
    content: content.nullish(),
    name: z.string().nullish(),
    /** Its thought, by each of the names under which clients send it back. */
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    tool_calls: z
      .array(
        z.object({
          id: z.string(),
          function: z.object({ name: z.string(), arguments: argumentsSchema }),
        }),
      )
      .nullish(),
  }),
  z.object({ role: z.literal("tool"), content, tool_call_id: z.string() }),
]);

export type ChatMessage = z.infer<typeof messageSchema>;
