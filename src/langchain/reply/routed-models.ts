import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { bothRoles } from "../../router/both-roles.js";
import { openPrompts } from "../../router/open-prompts.js";
import type { Opening, Role, StepWriter } from "../../router/step-writer.js";
import { madeModel } from "../../writers/made-model.js";
import { stepWriterFor } from "../../writers/step-writer-for.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";
import { requireChatModel } from "../options/require-chat-model.js";

type Writers = Readonly<Record<Role, StepWriter<ThoughtPrompt>>>;

/** A model, and what continues its thoughts. */
interface FoundModel {
  readonly model: BaseChatModel;
  readonly writer: StepWriter<ThoughtPrompt>;
}

/** The two models as the router needs them: what continues them, and what is configured in them. */
export class RoutedModels {
  readonly #models: Readonly<Record<Role, BaseChatModel>>;
  readonly #options: Pick<ResolvedOptions, "continuation" | "contextSize" | "answerBy">;
  #found: Readonly<Record<Role, FoundModel>> | undefined;
  #contextSizes: Readonly<Partial<Record<Role, number>>> = {};

  constructor(
    models: Readonly<Record<Role, BaseChatModel>>,
    options: Pick<ResolvedOptions, "continuation" | "contextSize" | "answerBy">,
  ) {
    this.#models = models;
    this.#options = options;
  }

  /**
   * Asks the servers what they are, once; a failure is asked again. Each call looks for itself until one has
   * found out, so that it can leave without the others; what they ask at the same time is asked once.
   *
   * @throws ThoughtError naming the role
   */
  async writers(signal?: AbortSignal): Promise<Writers> {
    this.#found ??= await bothRoles((role, own) => this.#find(role, own), signal);
    const { small, large } = this.#found;
    return { small: small.writer, large: large.writer };
  }

  /** Renders a prompt for both. An option of ours wins over what a server tells: it may serve less than it could. */
  async open(prompt: ThoughtPrompt, signal?: AbortSignal): Promise<Record<Role, Opening>> {
    const writers = await this.writers(signal);
    const { small, large } = await openPrompts(writers, prompt, signal);
    const { contextSize } = this.#options;
    const openings = {
      small: { ...small, contextSize: contextSize.small ?? small.contextSize },
      large: { ...large, contextSize: contextSize.large ?? large.contextSize },
    };
    this.#contextSizes = { ...sizeOf("small", openings), ...sizeOf("large", openings) };
    return openings;
  }

  /** Tokens of each model's context, as far as options or a first reply have told them. */
  get contextSizes(): Readonly<Partial<Record<Role, number>>> {
    const { small, large } = this.#options.contextSize;
    return {
      ...this.#contextSizes,
      ...(small === undefined ? {} : { small }),
      ...(large === undefined ? {} : { large }),
    };
  }

  /** Stop strings that the answering model was configured with; chat models name the field in two ways. */
  answerStop(): readonly string[] {
    const { answerBy } = this.#options;
    const model = this.#found?.[answerBy].model ?? this.#models[answerBy];
    const { stop, stopSequences } = model as { stop?: unknown; stopSequences?: unknown };
    const given = stop ?? stopSequences;
    return Array.isArray(given) ? given.filter((text) => typeof text === "string") : [];
  }

  async #find(role: Role, signal: AbortSignal): Promise<FoundModel> {
    const model = await madeModel(this.#models[role], role);
    requireChatModel(role, model);
    const writer = await stepWriterFor(model, this.#options.continuation[role], role, signal);
    return { model, writer };
  }
}

function sizeOf(
  role: Role,
  openings: Readonly<Record<Role, Opening>>,
): Partial<Record<Role, number>> {
  const { contextSize } = openings[role];
  return contextSize === null ? {} : { [role]: contextSize };
}
