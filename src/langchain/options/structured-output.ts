import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import {
  assembleStructuredOutputPipeline,
  createFunctionCallingParser,
} from "@langchain/core/language_models/structured_output";
import type { AIMessageChunk } from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import type { SerializableSchema } from "@langchain/core/utils/standard_schema";
import type { InteropZodType } from "@langchain/core/utils/types";
import { GlimpRouterError } from "../../errors.js";
import { AnswerParser, RawAndParsedParser } from "./answer-parser.js";
import type { GlimpRouterCallOptions } from "./call-options.js";

/** What a schema describes; the bound is core's own. */
// biome-ignore lint/suspicious/noExplicitAny: an interface has no index signature, and satisfies no narrower bound.
export type OutputFields = Record<string, any>;

/** A zod schema, another library's standard schema, or a JSON schema. */
export type OutputSchema<Output extends OutputFields = OutputFields> =
  | InteropZodType<Output>
  | SerializableSchema<Output>
  | OutputFields;

type ConfiguredRouter = Runnable<BaseLanguageModelInput, AIMessageChunk>;

/** Call options of the router, and what LangSmith wants to know of the output's format. */
type StructuredCallOptions = Partial<GlimpRouterCallOptions> & {
  readonly ls_structured_output_format: {
    readonly kwargs: { readonly method: string };
    readonly schema: Record<string, unknown>;
  };
};

const DEFAULT_NAME = "extract";

/**
 * The router with structured output: the thought stays free, only the answer is held to the format.
 *
 * @param configure - the router's `withConfig`
 * @throws GlimpRouterError `invalid_option` for a method that is not known
 */
export function structuredOutput(
  configure: (options: StructuredCallOptions) => ConfiguredRouter,
  schema: OutputSchema,
  config: StructuredOutputMethodOptions<boolean> = {},
): ReturnType<typeof assembleStructuredOutputPipeline> {
  const { method = "functionCalling", includeRaw = false } = config;
  if (method === "functionCalling") return byFunctionCalling(configure, schema, config);
  if (method !== "jsonSchema" && method !== "jsonMode") {
    throw new GlimpRouterError(
      `Expected \`method\` of withStructuredOutput to be "functionCalling", "jsonSchema" or "jsonMode", got ${JSON.stringify(method)}.`,
      { reason: "invalid_option" },
    );
  }
  const { name, jsonSchema, description } = describeSchema(schema, config.name);
  const { strict } = config;
  const response_format =
    method === "jsonMode"
      ? { type: "json_object" }
      : {
          type: "json_schema",
          json_schema: {
            name,
            ...(description === undefined ? {} : { description }),
            schema: jsonSchema,
            ...(strict === undefined ? {} : { strict }),
          },
        };
  const router = configure({
    outputVersion: "v0",
    response_format,
    ls_structured_output_format: { kwargs: { method }, schema: jsonSchema },
  });
  const parser = new AnswerParser(schema);
  const parsed = includeRaw ? router.pipe(new RawAndParsedParser(parser)) : router.pipe(parser);
  return parsed as ReturnType<typeof assembleStructuredOutputPipeline>;
}

function byFunctionCalling(
  configure: (options: StructuredCallOptions) => ConfiguredRouter,
  schema: OutputSchema,
  { name: wanted, includeRaw, strict }: StructuredOutputMethodOptions<boolean>,
): ReturnType<typeof assembleStructuredOutputPipeline> {
  const { name, jsonSchema, parameters, description } = describeSchema(schema, wanted);
  const router = configure({
    outputVersion: "v0",
    tools: [{ type: "function", function: { name, description: description ?? "", parameters } }],
    tool_choice: name,
    ...(strict === undefined ? {} : { strict }),
    ls_structured_output_format: { kwargs: { method: "functionCalling" }, schema: jsonSchema },
  });
  const parser = createFunctionCallingParser(schema, name);
  return assembleStructuredOutputPipeline(router, parser, includeRaw ?? false);
}

/** A schema in JSON, and what it is called. OpenAI's form of a function is taken, too. */
function describeSchema(schema: OutputSchema, wanted: string | undefined) {
  const jsonSchema = toJsonSchema(schema) as Record<string, unknown>;
  const { name, title, description, parameters } = jsonSchema;
  const isFunction =
    typeof name === "string" && typeof parameters === "object" && parameters !== null;
  return {
    name: isFunction ? name : (wanted ?? (typeof title === "string" ? title : DEFAULT_NAME)),
    description: typeof description === "string" ? description : undefined,
    jsonSchema,
    parameters: isFunction ? (parameters as Record<string, unknown>) : jsonSchema,
  };
}
