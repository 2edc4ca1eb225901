import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { GlimpRouterError } from "../../errors.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import type { GlimpRouterOptions } from "../../langchain/options/chat-model-options.js";
import {
  type ResolvedOptions,
  resolveOptions,
} from "../../langchain/options/chat-model-options.js";
import { RoutedModels } from "../../langchain/reply/routed-models.js";
import { SetUpCheck } from "../../langchain/reply/set-up-check.js";
import { toPublicError } from "../../langchain/reply/to-public-error.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import { ThoughtError } from "../../router/thought-error.js";
import { type Secrets, secretsOf } from "../../writers/connection/secrets.js";
import type { ArmOptions } from "../arms/arm.js";

/** Options of the router that all arms share: tags, limits, delimiter, ... */
export type SharedOptions = ArmOptions & Pick<GlimpRouterOptions, "continuation">;

export type PairOfWriters = Readonly<Record<Role, StepWriter<ThoughtPrompt>>>;

/** Two models, and what continues their thoughts: asked once, for all replies of a run. */
export class AskedPair {
  readonly models: Readonly<Record<Role, BaseChatModel>>;
  readonly writers: PairOfWriters;
  readonly #shared: SharedOptions;

  private constructor(
    models: Readonly<Record<Role, BaseChatModel>>,
    writers: PairOfWriters,
    shared: SharedOptions,
  ) {
    this.models = models;
    this.writers = writers;
    this.#shared = shared;
  }

  /**
   * Asks the servers what they are.
   *
   * @throws GlimpRouterError `invalid_option`, or `server` where one cannot be asked
   */
  static async of(
    models: Readonly<Record<Role, BaseChatModel>>,
    shared: SharedOptions,
    signal?: AbortSignal,
  ): Promise<AskedPair> {
    const options = resolveOptions({ ...models, ...shared });
    const routed = new RoutedModels(models, options);
    const writers = await told(routed, signal, () => routed.writers(signal));
    return new AskedPair(models, writers, shared);
  }

  /**
   * Are these the models that were calibrated? Looked at once: the arms route by what the calibration says.
   *
   * @throws GlimpRouterError `invalid_option` where they are not, or `router` has other tags, delimiter or k
   */
  async requireCalibrated(calibration: Calibration, signal?: AbortSignal): Promise<void> {
    const options = resolveOptions({
      ...this.models,
      ...this.#shared,
      continuation: this.writers,
      threshold: calibration,
    });
    const models = new RoutedModels(this.models, options);
    const check = new SetUpCheck(models, options);
    await told(models, signal, () => check.check(async () => undefined, signal));
  }

  /** What a model's own request failed with, as a reply's error: named, and without secrets. */
  errorOf(error: unknown, role: Role): GlimpRouterError {
    const { small, large } = this.models;
    const failed = new ThoughtError(error, role, null);
    return publicError(failed, undefined, () => secretsOf(small, large));
  }

  /**
   * The options of an arm's reply, checked.
   *
   * @param writers - in place of the models' own: they may keep what they write
   * @throws GlimpRouterError `invalid_option`
   */
  options(arm: ArmOptions, writers: PairOfWriters = this.writers): ResolvedOptions {
    const given = { ...this.models, ...this.#shared, ...arm, continuation: writers };
    return resolveOptions({ ...given, onFailure: WITHOUT_NEITHER });
  }
}

/** A reply that lacks one of its models measures another arm. */
const WITHOUT_NEITHER = { small: "throw", large: "throw" } as const;

/** What fails before there is a reply, as callers see what fails in one. */
async function told<T>(
  models: RoutedModels,
  signal: AbortSignal | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw publicError(error, signal, () => models.secrets());
  }
}

function publicError(
  error: unknown,
  signal: AbortSignal | undefined,
  secrets: () => Secrets,
): GlimpRouterError {
  // Nothing was thought yet: there is no state, and so no record.
  const recordOf = (): never => {
    throw error;
  };
  return toPublicError(error, signal, { recordOf, secrets });
}
