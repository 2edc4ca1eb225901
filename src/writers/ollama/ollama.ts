import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Opening, Role, StepWriter } from "../../router/step-writer.js";
import {
  type ResponseFormatFields,
  responseFormatAnswer,
} from "../chat-answer/response-format-answer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import type { PromptTextSource } from "../completion/prompt-text-source.js";
import { vllmMatchedStop } from "../completion/read-generation.js";
import {
  createTextCompletionWriter,
  type TextCompletionOptions,
} from "../completion/text-completion.js";
import { warmOver } from "../completion/warm-over.js";
import { type OpenAIAccess, openAIAccess } from "../connection/openai-client.js";
import { openLines } from "../connection/send-request.js";
import { withAffinity } from "../connection/with-affinity.js";
import { generateEvents } from "./generate-events.js";
import { requireKept, toGenerateRequest } from "./generate-request.js";
import { asOpenAIModel } from "./ollama-model.js";
import { toRefusal } from "./ollama-refusal.js";
import { renderedByOllama, renderedFor } from "./rendered-by-ollama.js";

type Answer = NonNullable<StepWriter<ThoughtPrompt, ToolCallPart>["answer"]>;

/**
 * Continues a thought on an Ollama server through `POST /api/generate`, `raw`. Written from Ollama's source, 0.12.11
 * to 0.40, not yet seen on a real one (docs/servers/ollama.md).
 *
 * @param model - a `ChatOllama`, or a `ChatOpenAI` whose base URL is the server's
 * @param how.withTools - how the model answers with tools; absent: it cannot
 * @param how.template - what renders the prompt in the server's place
 * @throws GlimpRouterError `invalid_option` where the model has no usable client, or unloads itself behind each request
 */
export function ollamaWriter(
  model: unknown,
  role: Role,
  how: { readonly withTools?: Answer | undefined; readonly template?: PromptTextSource } = {},
): StepWriter<ThoughtPrompt> {
  const access = openAIAccess(asOpenAIModel(model), role);
  requireKept(access);
  const create = (own: OpenAIAccess) => writerOver(own, how);
  return withAffinity(access, (own) => ({ ...create(own), warm: warmOver(own, create) }));
}

function writerOver(
  access: OpenAIAccess,
  { withTools, template }: NonNullable<Parameters<typeof ollamaWriter>[2]>,
): StepWriter<ThoughtPrompt, ToolCallPart> {
  const rendered =
    template === undefined ? renderedByOllama(access) : renderedFor(access, template);
  const options: TextCompletionOptions = {
    kind: "ollama",
    access,
    promptText: inItsWords(rendered),
    // A form of the user's is for the answer: it would forbid a thought.
    fields: ({ showTags, tags }) => (showTags || tags === null ? { format: undefined } : {}),
    reader: () => ({ textOf: ({ text }) => text ?? "", matchedStop: vllmMatchedStop }),
    send: inItsWords(async (body, { from }, signal) => {
      const { stop = [] } = body;
      const url = `${access.rootURL}/api/generate`;
      const lines = await openLines(access, url, toGenerateRequest(body), signal);
      return generateEvents(lines, access, { stop, promptTokens: leastTokens(from) });
    }),
  };
  const writer = createTextCompletionWriter(options);
  if (withTools === undefined) return writer;
  return { ...writer, answer: responseFormatAnswer(options, { withTools, responseFormatFields }) };
}

/** Tokens that every prompt of the reply has: those that were counted, without the guess at the opening tag's. */
function leastTokens({ promptTokens, tagTokens = 0 }: Opening): number | null {
  return promptTokens === null ? null : promptTokens - tagTokens;
}

/** What Ollama says stands where the messages of this package do not look for it. */
function inItsWords<Asked extends readonly unknown[], Reply>(
  ask: (...asked: Asked) => Promise<Reply>,
): (...asked: Asked) => Promise<Reply> {
  return async (...asked) => {
    try {
      return await ask(...asked);
    } catch (error) {
      throw toRefusal(error);
    }
  };
}

/** Held to from the first character of the answer on. */
const responseFormatFields: ResponseFormatFields = ({ type, json_schema, schema }) => {
  const given = (json_schema as { readonly schema?: unknown } | undefined)?.schema ?? schema;
  if (given !== undefined) return { format: given };
  return type === "json_object" ? { format: "json" } : {};
};
