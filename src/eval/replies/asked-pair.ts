import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import type { GlimpRouterOptions } from "../../langchain/options/chat-model-options.js";
import {
  type ResolvedOptions,
  resolveOptions,
} from "../../langchain/options/chat-model-options.js";
import { RoutedModels } from "../../langchain/reply/routed-models.js";
import { SetUpCheck } from "../../langchain/reply/set-up-check.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
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
    const writers = await new RoutedModels(models, options).writers(signal);
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
    await new SetUpCheck(models, options).check(async () => undefined, signal);
  }

  /**
   * The options of an arm's reply, checked.
   *
   * @param writers - in place of the models' own: they may keep what they write
   * @throws GlimpRouterError `invalid_option`
   */
  options(arm: ArmOptions, writers: PairOfWriters = this.writers): ResolvedOptions {
    return resolveOptions({ ...this.models, ...this.#shared, ...arm, continuation: writers });
  }
}
