import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { estimateTokens } from "../../core/estimate-tokens.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { bothRoles } from "../../router/both-roles.js";
import { type OpeningPatience, openPrompts } from "../../router/open-prompts.js";
import type { Opening, Role, StepWriter } from "../../router/step-writer.js";
import { unlessAborted } from "../../router/unless-aborted.js";
import { type Secrets, secretsOf } from "../../writers/connection/secrets.js";
import { madeModel } from "../../writers/made-model.js";
import { isStepWriter, ownWriter, stepWriterFor } from "../../writers/step-writer-for.js";
import type { CanaryRequest } from "../calibration/measure-canaries.js";
import { affinityOf } from "../options/affinity.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";
import { requireChatModel } from "../options/require-chat-model.js";
import { checkWarm } from "./check-warm.js";
import { absentOpening, absentWriter, type Lacking } from "./lacking.js";
import { forgetSeen, type SeenPair, seenPair } from "./seen-pair.js";

export type Writers = Readonly<Record<Role, StepWriter<ThoughtPrompt>>>;

/** A model, and what continues its thoughts. */
interface FoundModel {
  readonly model: BaseChatModel;
  readonly writer: StepWriter<ThoughtPrompt>;
}

type ModelOptions = Pick<
  ResolvedOptions,
  "continuation" | "contextSize" | "answerBy" | "affinity" | "continuationPriority" | "warm"
> &
  OpeningPatience;

/** Context sizes in tokens as servers told them; routers over the same models share what is known. */
const toldSizes = new WeakMap<object, number>();

/** The two models as the router needs them: what continues them, and what is configured in them. */
export class RoutedModels {
  readonly #models: Readonly<Record<Role, BaseChatModel>>;
  readonly #options: ModelOptions;
  #found: Readonly<Record<Role, FoundModel>> | undefined;

  constructor(models: Readonly<Record<Role, BaseChatModel>>, options: ModelOptions) {
    this.#models = models;
    this.#options = options;
  }

  /**
   * Asks the servers what they are, once; a failure is asked again. Each call looks for itself until one has
   * found out, so that it can leave without the others; what they ask at the same time is asked once.
   *
   * @throws ThoughtError naming the role
   */
  async writers(signal?: AbortSignal, lacking?: Lacking): Promise<Writers> {
    const { small, large } = await this.#findBoth(signal, lacking);
    return { small: small.writer, large: large.writer };
  }

  /**
   * What the two are, for a calibration to be compared with.
   *
   * @param canaries - what is measured of each, `null` for nothing
   * @throws the signal's reason; what fails otherwise is told
   */
  async seen(
    canaries: Readonly<Record<Role, CanaryRequest | null>>,
    signal?: AbortSignal,
  ): Promise<SeenPair> {
    const { small, large } = await this.#findBoth(signal);
    const pair = {
      small: { given: this.#models.small, ...small },
      large: { given: this.#models.large, ...large },
    };
    const asked = seenPair(pair, canaries, () => this.secrets());
    return unlessAborted(asked, signal);
  }

  /** What they have shown is asked for anew the next time. */
  forgetSeen(): void {
    forgetSeen(this.#models.small);
    forgetSeen(this.#models.large);
  }

  /**
   * Renders a prompt for both. An option of ours wins over what a server tells: it may serve less than it could.
   * The openings keep the reply's affinity: whoever goes on with the thought sends it to the same replicas.
   *
   * @param asked.lacking - what may be missing
   */
  async open(
    given: ThoughtPrompt,
    signal?: AbortSignal,
    asked: { readonly writers?: Writers; readonly lacking?: Lacking } = {},
  ): Promise<Record<Role, Opening>> {
    const { lacking } = asked;
    const writers = asked.writers ?? (await this.writers(signal, lacking));
    const { contextSize, affinity } = this.#options;
    const routed = affinity === null ? {} : { affinity: affinityOf(affinity, given.messages) };
    const { small, large } = await openPrompts(
      writers,
      { ...given, ...routed },
      signal,
      this.#options,
      lacking?.standIn(absentOpening),
    );
    this.#remember("small", small);
    this.#remember("large", large);
    return {
      small: { ...small, ...routed, contextSize: contextSize.small ?? small.contextSize },
      large: { ...large, ...routed, contextSize: contextSize.large ?? large.contextSize },
    };
  }

  /** Tokens of each model's context, as far as options or a first reply have told them. */
  get contextSizes(): Readonly<Record<Role, number | undefined>> {
    const { contextSize } = this.#options;
    return {
      small: contextSize.small ?? toldSizes.get(this.#models.small),
      large: contextSize.large ?? toldSizes.get(this.#models.large),
    };
  }

  /**
   * Tokens of a text, the more of both models': by a model's own tokenizer where it is at hand, else estimated.
   * Never by a request.
   */
  countTokens(text: string): number {
    const countFor = (role: Role) => {
      const given = this.#options.continuation[role];
      const writer = isStepWriter(given) ? given : ownWriter(this.#models[role]);
      return writer?.countTokens?.(text) ?? estimateTokens(text);
    };
    return Math.max(countFor("small"), countFor("large"));
  }

  /** What no error may quote of the two. */
  secrets(): Secrets {
    const { small, large } = this.#models;
    return secretsOf(small, large, this.#found?.small.model, this.#found?.large.model);
  }

  /** Stop strings that the answering model was configured with; chat models name the field in two ways. */
  answerStop(): readonly string[] {
    const { answerBy } = this.#options;
    const model = this.#found?.[answerBy].model ?? this.#models[answerBy];
    const { stop, stopSequences } = model as { stop?: unknown; stopSequences?: unknown };
    const given = stop ?? stopSequences;
    return Array.isArray(given) ? given.filter((text) => typeof text === "string") : [];
  }

  async #findBoth(
    signal: AbortSignal | undefined,
    lacking?: Lacking,
  ): Promise<Readonly<Record<Role, FoundModel>>> {
    if (this.#found !== undefined) return this.#found;
    const standIn = lacking?.standIn<FoundModel>((error, role) => ({
      model: this.#models[role],
      writer: absentWriter(error),
    }));
    const found = await bothRoles((role, own) => this.#find(role, own), signal, standIn);
    // It may be there the next time.
    if (lacking?.missing === undefined) this.#found = found;
    return found;
  }

  async #find(role: Role, signal: AbortSignal): Promise<FoundModel> {
    const model = await madeModel(this.#models[role], role);
    requireChatModel(role, model);
    const { continuationPriority, warm } = this.#options;
    const continuation = this.#options.continuation[role];
    const options = { continuationPriority: continuationPriority[role] };
    const writer = await stepWriterFor(model, continuation, role, signal, options);
    checkWarm(warm, { role, model, continuation, writer });
    return { model, writer };
  }

  #remember(role: Role, { contextSize }: Opening): void {
    if (contextSize !== null) toldSizes.set(this.#models[role], contextSize);
  }
}
