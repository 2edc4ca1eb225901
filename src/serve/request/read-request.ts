import { z } from "zod";
import { ApiError } from "../api-error.js";
import { messageSchema } from "./message-schema.js";

const tokens = z.number().int().min(1).nullish();

/** What of OpenAI's request is looked at; other fields are ignored, as OpenAI-compatible servers do. */
const requestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1))]).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function"),
        function: z.looseObject({ name: z.string().min(1) }),
      }),
    )
    .nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z
    .looseObject({ type: z.enum(["text", "json_object", "json_schema"]) })
    .nullish(),
  /** Our own field: decisions as they fall. */
  glimprouter: z.object({ events: z.boolean().optional() }).nullish(),
});

/** A request as it was checked. */
export type ChatRequest = z.infer<typeof requestSchema>;

/** @throws ApiError 400 naming the field */
export function readRequest(body: unknown): ChatRequest {
  refuseWhatIsNot(body);
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue === undefined ? "" : pathOf(issue.path);
  const code = isMissing(body, issue?.path ?? []) ? "missing_required_parameter" : "invalid_value";
  const field = param === "" ? "The body" : `Field \`${param}\``;
  const message = `${field} cannot be read: ${issue?.message ?? "it is none"}.`;
  throw new ApiError(400, message, { ...(param === "" ? {} : { param }), code });
}

/** Each with what it would take to be honoured: nothing of it is quietly left out. */
const REFUSALS: Readonly<
  Record<string, { readonly isAsked: (value: unknown) => boolean; readonly why: string }>
> = {
  n: { isAsked: (value) => value !== 1, why: "There is one choice a request: send it again." },
  logprobs: {
    isAsked: (value) => value !== false,
    why: "Two models have written the reply: there are no log-probabilities of it.",
  },
  top_logprobs: {
    isAsked: (value) => value !== 0,
    why: "Two models have written the reply: there are no log-probabilities of it.",
  },
  audio: { isAsked: () => true, why: "Replies are text." },
  modalities: {
    isAsked: (value) => !(Array.isArray(value) && value.every((each) => each === "text")),
    why: 'Replies are text: ["text"].',
  },
  functions: { isAsked: () => true, why: "Give `tools`, which have taken their place." },
};

function refuseWhatIsNot(body: unknown): void {
  if (typeof body !== "object" || body === null) return;
  for (const [param, { isAsked, why }] of Object.entries(REFUSALS)) {
    const value = (body as Readonly<Record<string, unknown>>)[param];
    if (value === undefined || value === null || !isAsked(value)) continue;
    throw new ApiError(400, `Field \`${param}\` is not supported here. ${why}`, {
      param,
      code: "unsupported_parameter",
    });
  }
}

/** As OpenAI writes it: `messages[0].content`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, key) => {
    if (typeof key === "number") return `${before}[${key}]`;
    return before === "" ? String(key) : `${before}.${String(key)}`;
  }, "");
}

function isMissing(body: unknown, path: readonly PropertyKey[]): boolean {
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    body,
  );
  return path.length > 0 && value === undefined;
}
