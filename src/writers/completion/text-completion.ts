import type { ThinkingTags } from "../../core/thinking-tags.js";
import { openThought } from "../../prompt/open-thought.js";
import { requireText } from "../../prompt/require-text.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { toOpenAIMessages } from "../../prompt/to-openai-messages.js";
import type { Opening, StepWriter, WriteOptions, Written } from "../../router/step-writer.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { retriesOf } from "../connection/retries.js";
import { openStream } from "../connection/send-request.js";
import { serverError } from "../connection/server-error.js";
import { generationFields, isClosed, withOpeningTag } from "./generation-fields.js";
import { firstWayOf, isProbe, type ProbeWay } from "./probe-ways.js";
import type { PromptTextSource } from "./prompt-text-source.js";
import { type ChunkReader, readGeneration } from "./read-generation.js";
import { askedAsInChat, wholeCompletion } from "./whole-probe.js";

/** What differs between servers that continue a text. */
export interface TextCompletionOptions {
  readonly kind: string;
  readonly access: OpenAIAccess;
  readonly promptText: PromptTextSource;
  /**
   * The server's own fields for a request.
   * @param how.keepStop - the stop string is wanted in the text (it then comes without delay)
   * @param how.showTags - the thought may end here: a closing tag that is a special token must show as text
   * @param how.tags - the tags around the thought, `null` where the reply has no thought of its own
   * @param how.stop - the stop strings of the request
   */
  readonly fields: (how: {
    readonly serverAddsBos: boolean;
    readonly keepStop: boolean;
    readonly showTags: boolean;
    readonly tags: ThinkingTags | null;
    readonly stop: readonly string[];
  }) => Readonly<Record<string, unknown>>;
  /**
   * A reader for one stream.
   * @param how.stop - the stop strings of its request
   */
  readonly reader: (how: { readonly stop: readonly string[] }) => ChunkReader;
  /**
   * Sends a request in the server's own form, and gives its events in OpenAI's. Absent: OpenAI's endpoint for text
   * completions, and for probes, where its stream has no log-probabilities, their whole replies.
   *
   * @param body - in OpenAI's form, with the server's own fields
   */
  readonly send?: (
    body: CompletionBody,
    request: TextRequest,
    signal?: AbortSignal,
  ) => Promise<AsyncIterable<unknown>>;
}

/** The fields of a text completion. */
export type CompletionBody = Readonly<Record<string, unknown>> & {
  readonly prompt: string;
  readonly stop?: readonly string[];
};

/** What later requests of the reply need; plain JSON, as `Opening.data` must be. */
export type TextOpening = {
  /** Prompt text with the opening tag behind it. */
  readonly text: string;
  readonly serverAddsBos: boolean;
  /** The tags around the thought, `null` where the reply has no thought of its own. */
  readonly tags: { readonly open: string; readonly close: string } | null;
};

/**
 * A writer for any server with raw text completions: the prompt is rendered once, and every request is
 * prompt text + thought. No template touches the thought, consecutive prompts extend each other byte by
 * byte (prefix caches hit), and reasoning parsers and tool parsers do not apply.
 */
export function createTextCompletionWriter(
  options: TextCompletionOptions,
): StepWriter<ThoughtPrompt, never> {
  const { kind, access } = options;
  const write: ProbeWay<TextRequest> = (request, signal) => writeText(options, request, signal);
  const probe = options.send === undefined ? probeInWays(options, write) : write;
  return {
    kind,
    resumption: { by: "text", retries: retriesOf(access) },
    async open(prompt, signal) {
      signal?.throwIfAborted();
      try {
        return await openText(options, prompt, signal);
      } catch (error) {
        if (signal?.aborted) throw error;
        throw serverError(error, access, "rendering the prompt");
      }
    },
    write: (from, thought, how, signal) =>
      (isProbe(how) ? probe : write)({ from, thought, how }, signal),
  };
}

/** By whichever way brings log-probabilities. */
function probeInWays(
  options: TextCompletionOptions,
  write: ProbeWay<TextRequest>,
): ProbeWay<TextRequest> {
  return firstWayOf<TextRequest>(options.access.client, [
    write,
    (request, signal) => writeWhole(options, request, (body) => body, signal),
    (request, signal) => writeWhole(options, request, askedAsInChat, signal),
  ]);
}

/** What a text completion goes on from, and how. */
export interface TextRequest {
  readonly from: Opening;
  /** With its closing tag, where what is written is the answer. */
  readonly thought: string;
  readonly how: WriteOptions;
  /** Further fields of the request. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Sends one text completion and reads its stream. */
export function writeText(
  options: TextCompletionOptions,
  request: TextRequest,
  signal?: AbortSignal,
): AsyncGenerator<Written, void, void> {
  const { access } = options;
  const { send = (body) => openStream(access, "completions", body, signal) } = options;
  const open = async () => {
    const body = completionRequest(options, request);
    const reader = options.reader({ stop: body.stop ?? [] });
    return { reader, stream: await send(body, request, signal) };
  };
  return readGeneration(open, { access, k: request.how.topLogprobs, signal });
}

/** The same, not streamed. */
function writeWhole(
  options: TextCompletionOptions,
  request: TextRequest,
  form: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): AsyncGenerator<Written, void, void> {
  const { access } = options;
  const open = async () => {
    const body = form(completionRequest(options, request));
    return {
      reader: options.reader({ stop: [] }),
      stream: await wholeCompletion(access, body, signal),
    };
  };
  return readGeneration(open, { access, k: request.how.topLogprobs, signal });
}

async function openText(
  { kind, access, promptText }: TextCompletionOptions,
  prompt: ThoughtPrompt,
  signal?: AbortSignal,
): Promise<Opening> {
  const messages = toOpenAIMessages(prompt.messages);
  requireText(messages, {
    who: `\`continuation: "${kind}"\` makes the ${access.role} model continue plain text`,
    seesIn: "vllm-chat",
    role: access.role,
  });
  const params = modelParams(access);
  const rendered = await promptText(
    {
      model: params.model,
      messages,
      tools: prompt.tools ?? params.tools,
      rendering: params.rendering,
    },
    signal,
  );
  const opened = openThought(rendered.text, prompt.thinking);
  const data: TextOpening = {
    text: opened.text,
    serverAddsBos: rendered.serverAddsBos,
    tags: prompt.thinking === false ? null : plainTags(prompt.thinking),
  };
  return {
    kind,
    data,
    opensThought: opened.opensThought,
    ...withOpeningTag(rendered.tokens, opened.text.length - rendered.text.length),
    contextSize: rendered.contextSize,
  };
}

/** Data for another process: nothing of the caller's object but what is known. */
function plainTags({ open, close }: ThinkingTags): ThinkingTags {
  return { open, close };
}

function completionRequest(
  { access, fields }: TextCompletionOptions,
  { from, thought, how, extra = {} }: TextRequest,
): CompletionBody {
  const { text, serverAddsBos, tags } = from.data as TextOpening;
  const isAnswer = isClosed(thought, tags?.close ?? null);
  const common = generationFields(modelParams(access), how, isAnswer);
  return {
    ...common,
    prompt: text + thought,
    ...(how.topLogprobs > 0 ? { logprobs: how.topLogprobs } : {}),
    ...fields({
      serverAddsBos,
      keepStop: common.stop !== undefined && !isAnswer,
      showTags: tags !== null && !isAnswer,
      tags,
      stop: common.stop ?? [],
    }),
    ...extra,
  };
}
