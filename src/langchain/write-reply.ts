import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { openPrompts } from "../router/open-prompts.js";
import type { RouteConfig } from "../router/route-config.js";
import type { RouteEvent } from "../router/route-event.js";
import { routeThought } from "../router/route-thought.js";
import { type RoutingRecord, routingRecord } from "../router/route-trace.js";
import type { Opening, Role, StepWriter } from "../router/step-writer.js";
import type { ThoughtState } from "../router/thought-state.js";
import { stepWriterFor } from "../writers/step-writer-for.js";
import { answerFields, type GlimpRouterCallOptions, isTextAnswer } from "./call-options.js";
import type { ResolvedOptions } from "./chat-model-options.js";
import { checkAnswerers } from "./check-answerers.js";
import { checkMessages } from "./check-messages.js";
import { toPublicError } from "./to-public-error.js";

/** One call, as the chat model was given it. */
export interface ReplyCall {
  readonly messages: readonly BaseMessage[];
  readonly options: GlimpRouterCallOptions;
  readonly signal?: AbortSignal | undefined;
}

/** The two models with their options: writes replies, any number of them at once. */
export class ReplyWriter {
  readonly #models: Readonly<Record<Role, BaseChatModel>>;
  readonly #options: ResolvedOptions;
  #writers: Promise<Record<Role, StepWriter<ThoughtPrompt>>> | undefined;

  constructor(models: Readonly<Record<Role, BaseChatModel>>, options: ResolvedOptions) {
    this.#models = models;
    this.#options = options;
  }

  /**
   * One reply: its events as they happen, and its record at the end.
   *
   * @throws GlimpRouterError with everything that had been thought
   */
  async *write({
    messages,
    options,
    signal,
  }: ReplyCall): AsyncGenerator<RouteEvent, RoutingRecord, void> {
    const {
      thinking,
      continuation: _continuation,
      contextSize,
      threshold,
      ...limits
    } = this.#options;
    let kinds: Record<Role, string> = { small: "", large: "" };
    const recordOf = (state: ThoughtState) =>
      routingRecord(state, {
        threshold,
        answerBy: thinking === false ? null : limits.answerBy,
        continuation: kinds,
      });
    try {
      signal?.throwIfAborted();
      checkMessages(messages);
      const answer = answerFields(options);
      const answerIn = isTextAnswer(answer) ? "text" : "chat";
      const writers = await this.#stepWriters();
      if (answerIn === "chat") checkAnswerers(writers, this.#options);
      const { tools } = answer;
      const prompt = { messages, thinking, answer, ...(tools === undefined ? {} : { tools }) };
      const opened = await openPrompts(writers, prompt, signal);
      const openings = withContextSize(opened, contextSize);
      kinds = { small: openings.small.kind, large: openings.large.kind };
      const answerStop = options.stop ?? stopOf(this.#models[limits.answerBy]);
      const config: RouteConfig = { ...limits, thinking, answerIn, answerStop };
      const state = yield* routeThought({ config, writers, openings, prompt, signal, now });
      return recordOf(state);
    } catch (error) {
      throw toPublicError(error, signal, recordOf);
    }
  }

  /** Asks the servers what they are, once; a failure is asked again. */
  #stepWriters(): Promise<Record<Role, StepWriter<ThoughtPrompt>>> {
    const { continuation } = this.#options;
    this.#writers ??= Promise.all([
      stepWriterFor(this.#models.small, continuation.small, "small"),
      stepWriterFor(this.#models.large, continuation.large, "large"),
    ]).then(
      ([small, large]) => ({ small, large }),
      (error: unknown) => {
        this.#writers = undefined;
        throw error;
      },
    );
    return this.#writers;
  }
}

const now = (): number => performance.now();

/** An option of ours wins over what a server tells: it may serve less than it could. */
function withContextSize(
  openings: Readonly<Record<Role, Opening>>,
  given: ResolvedOptions["contextSize"],
): Record<Role, Opening> {
  const sized = (role: Role): Opening => ({
    ...openings[role],
    contextSize: given[role] ?? openings[role].contextSize,
  });
  return { small: sized("small"), large: sized("large") };
}

/** Stop strings that a model was configured with; chat models name the field in two ways. */
function stopOf(model: BaseChatModel): readonly string[] {
  const { stop, stopSequences } = model as { stop?: unknown; stopSequences?: unknown };
  const given = stop ?? stopSequences;
  return Array.isArray(given) ? given.filter((text) => typeof text === "string") : [];
}
