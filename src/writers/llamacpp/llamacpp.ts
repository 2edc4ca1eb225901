import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import { carryInMessage, llamacppCarriers } from "../chat-answer/answer-carrier.js";
import { chatAnswer } from "../chat-answer/chat-answer.js";
import {
  type ResponseFormatFields,
  responseFormatAnswer,
} from "../chat-answer/response-format-answer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import {
  createTextCompletionWriter,
  type TextCompletionOptions,
} from "../completion/text-completion.js";
import { warmOver } from "../completion/warm-over.js";
import { type OpenAIAccess, openAIAccess } from "../connection/openai-client.js";
import { withAffinity } from "../connection/with-affinity.js";
import { applyTemplate } from "./apply-template.js";
import { chunkReader } from "./chunk-reader.js";
import { closeConnections } from "./close-connections.js";

/**
 * Continues a thought on a llama.cpp server (`llama-server`) through text completions. Works with every chat
 * template and every `--reasoning-format`. Written against llama.cpp v0.5.0.
 *
 * @param model - a `ChatOpenAI` whose base URL is the server's
 * @throws GlimpRouterError `invalid_option` where the model has no usable client
 */
export function llamacppWriter(model: unknown, role: Role): StepWriter<ThoughtPrompt> {
  return withAffinity(openAIAccess(model, role), (access) => ({
    ...writerOver(access),
    warm: warmOver(access, writerOver),
  }));
}

/** @param keptOpen - replies that are no streams do keep their connection */
function writerOver(keptOpen: OpenAIAccess): StepWriter<ThoughtPrompt, ToolCallPart> {
  const access = closeConnections(keptOpen);
  const promptText = applyTemplate(keptOpen);
  const options: TextCompletionOptions = {
    kind: "llamacpp",
    access,
    promptText,
    fields: ({ showTags, tags, stop }) => ({
      // Tags that are control tokens would come without text.
      ...(showTags && tags !== null ? { preserved_tokens: [tags.open, tags.close] } : {}),
      // The last chunk then tells a stop string from EOS, and each one its tokens. Every chunk grows by a copy of
      // its log-probabilities: so only where there is something to tell.
      ...(stop.length > 0 ? { verbose: true } : {}),
    }),
    reader: ({ stop }) => chunkReader(keptOpen, stop),
  };
  const withTools = chatAnswer({
    access,
    carry: carryInMessage(keptOpen, promptText, llamacppCarriers),
    fields: { stream_options: { include_usage: true } },
  });
  return {
    ...createTextCompletionWriter(options),
    answer: responseFormatAnswer(options, { withTools, responseFormatFields }),
  };
}

/** Its text completions ignore `response_format`, and take the schema itself. */
const responseFormatFields: ResponseFormatFields = ({ type, json_schema, schema }) => {
  const given = (json_schema as { readonly schema?: unknown } | undefined)?.schema ?? schema;
  if (given !== undefined) return { json_schema: given };
  return type === "json_object" ? { json_schema: { type: "object" } } : {};
};
