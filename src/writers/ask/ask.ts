import {
  type BaseMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  type StoredMessage,
} from "@langchain/core/messages";
import type { ThinkingTags } from "../../core/thinking-tags.js";
import { GlimpRouterError } from "../../errors.js";
import { askForAnswer, askForRating, askForStep, type ToolNote } from "../../prompt/ask-prompt.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Json, Opening, Role, StepWriter, WriteOptions } from "../../router/step-writer.js";
import { promptedAnswer } from "./prompted-answer.js";
import { type PromptedModel, readPrompted } from "./read-prompted.js";

const KIND = "ask";

/** A digit, and the few words that some models cannot help. */
const RATING_TOKENS = 16;

/** What later requests of the reply need. */
interface AskOpening {
  readonly messages: readonly StoredMessage[];
  readonly thinking: ThinkingTags | false;
  readonly tools: readonly ToolNote[];
}

/** Can the model be asked at all: is it a chat model that streams? */
export function canBePrompted(model: unknown): model is PromptedModel {
  if (typeof model !== "object" || model === null) return false;
  return typeof (model as { stream?: unknown }).stream === "function";
}

/**
 * Lets any LangChain chat model write the steps of large, and the answer: the thought so far goes into the
 * prompt, and the model is asked for exactly the next step. For models that cannot be continued as text. The
 * model is used as it is configured, through its own `.stream()`.
 *
 * A limit of tokens cannot be set for one call of every model: it is counted here, about four characters
 * each, and the request aborted. No stop string is sent for a step (several APIs refuse blank ones): what
 * comes behind its end is cut off by the router, which aborts the request.
 *
 * @throws GlimpRouterError `invalid_option` as small: there is no text to continue, and no log-probability
 */
export function askWriter(model: unknown, role: Role): StepWriter<ThoughtPrompt> {
  if (role === "small") throw notForSmall();
  if (!canBePrompted(model)) {
    throw new GlimpRouterError(
      `\`continuation: "ask"\` needs a LangChain chat model, and the ${role} model has no \`stream\`.`,
      { reason: "invalid_option", role },
    );
  }
  const answer = promptedAnswer(model, role);
  return {
    kind: KIND,
    resumption: { by: "prompt", retries: model.caller?.maxRetries ?? 0 },
    ...(answer === undefined ? {} : { answer }),
    async open({ messages, thinking, tools = [] }, signal) {
      signal?.throwIfAborted();
      const data: AskOpening = {
        messages: mapChatMessagesToStoredMessages([...messages]),
        thinking,
        tools: tools.map(toolNote),
      };
      return {
        kind: KIND,
        data: data as unknown as Json,
        opensThought: false,
        promptTokens: null,
        contextSize: null,
      };
    },
    async *write(from, thought, how, signal) {
      signal?.throwIfAborted();
      const { affinity } = from;
      const asked = { ...questionOf(from, thought, how), how, role, affinity };
      yield* readPrompted(model, asked, signal);
    },
    async *rate(from, thought, { topLogprobs }, signal) {
      signal?.throwIfAborted();
      const { messages: stored, thinking, tools } = from.data as unknown as AskOpening;
      const messages = askForRating(mapStoredMessagesToChatMessages([...stored]), {
        thought,
        thinking,
        tools,
      });
      const how = { maxTokens: RATING_TOKENS, topLogprobs };
      const { affinity } = from;
      yield* readPrompted(
        model,
        { messages, thinking, isAnswer: false, how, role, affinity },
        signal,
      );
    },
  };
}

/** What is asked for behind `thought`, and the tags that matter in the reply. */
function questionOf(
  from: Opening,
  thought: string,
  how: WriteOptions,
): {
  readonly messages: BaseMessage[];
  readonly thinking: ThinkingTags | false;
  readonly isAnswer: boolean;
} {
  const { messages: stored, thinking, tools } = from.data as unknown as AskOpening;
  const messages = mapStoredMessagesToChatMessages([...stored]);
  const closedAt = thinking === false ? -1 : thought.indexOf(thinking.close);
  if (closedAt !== -1) {
    const about = { thought: thought.slice(0, closedAt), tools };
    return { messages: askForAnswer(messages, about), thinking, isAnswer: true };
  }
  const delimiter = how.stop?.[0] ?? "\n\n";
  const asked = askForStep(messages, { thought, thinking, delimiter, tools });
  return { messages: asked, thinking, isAnswer: false };
}

/** Of a tool in OpenAI's format what a thought can make use of. */
function toolNote(tool: Readonly<Record<string, unknown>>): ToolNote {
  const { name, description } = (tool.function ?? tool) as {
    name?: unknown;
    description?: unknown;
  };
  return { name: String(name ?? "?"), description: String(description ?? "") };
}

function notForSmall(): GlimpRouterError {
  return new GlimpRouterError(
    '`continuation: "ask"` is for the large model only: a step is glimpsed as the first token of a text that goes on, and a model that is asked gives neither such a text nor its log-probabilities. As small, use a model on vLLM, SGLang or a llama.cpp server (`ChatOpenAI` with `configuration: { baseURL }`), or one of langchain-glimprouter/local.',
    { reason: "invalid_option", role: "small" },
  );
}
