import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { openPrompts } from "../../router/open-prompts.js";
import type { Opening, Role, StepWriter } from "../../router/step-writer.js";
import { stepWriterFor } from "../../writers/step-writer-for.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";

type Writers = Readonly<Record<Role, StepWriter<ThoughtPrompt>>>;

/** The two models as the router needs them: what continues them, and what is configured in them. */
export class RoutedModels {
  readonly #models: Readonly<Record<Role, BaseChatModel>>;
  readonly #options: Pick<ResolvedOptions, "continuation" | "contextSize" | "answerBy">;
  #writers: Promise<Writers> | undefined;

  constructor(
    models: Readonly<Record<Role, BaseChatModel>>,
    options: Pick<ResolvedOptions, "continuation" | "contextSize" | "answerBy">,
  ) {
    this.#models = models;
    this.#options = options;
  }

  /** Asks the servers what they are, once; a failure is asked again. */
  writers(): Promise<Writers> {
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

  /** Renders a prompt for both. An option of ours wins over what a server tells: it may serve less than it could. */
  async open(prompt: ThoughtPrompt, signal?: AbortSignal): Promise<Record<Role, Opening>> {
    const { contextSize } = this.#options;
    const { small, large } = await openPrompts(await this.writers(), prompt, signal);
    return {
      small: { ...small, contextSize: contextSize.small ?? small.contextSize },
      large: { ...large, contextSize: contextSize.large ?? large.contextSize },
    };
  }

  /** Stop strings that the answering model was configured with; chat models name the field in two ways. */
  answerStop(): readonly string[] {
    const model = this.#models[this.#options.answerBy];
    const { stop, stopSequences } = model as { stop?: unknown; stopSequences?: unknown };
    const given = stop ?? stopSequences;
    return Array.isArray(given) ? given.filter((text) => typeof text === "string") : [];
  }
}
