import { GlimpRouterError } from "../../errors.js";
import type { Role } from "../../router/step-writer.js";
import { differencesOf, wordsOf } from "../calibration/compare-set-up.js";
import { canaryRequests } from "../calibration/measure-canaries.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";
import type { TellCustom } from "../tracing/tell-custom.js";
import type { RoutedModels } from "./routed-models.js";

/** Name of the custom event. */
const CALIBRATION_EVENT = "glimprouter_calibration";

const UNASKED = { small: null, large: null };

/** Are the two models still those that were calibrated? Looked at once in the life of a router. */
export class SetUpCheck {
  readonly #models: RoutedModels;
  readonly #options: ResolvedOptions;
  #done = false;
  /** That it could not be looked at was told. */
  #toldFailure = false;

  constructor(models: RoutedModels, options: ResolvedOptions) {
    this.#models = models;
    this.#options = options;
    const { calibrated } = options;
    this.#done = calibrated === null || calibrated.verifyCalibration === false;
  }

  /**
   * @throws GlimpRouterError `invalid_option` where the calibration does not hold for them, before anything is paid for
   * the reply
   */
  async check(tell: TellCustom, signal: AbortSignal | undefined): Promise<void> {
    const { calibrated } = this.#options;
    if (this.#done || calibrated === null || calibrated.verifyCalibration === false) return;
    const { calibration, verifyCalibration: by } = calibrated;
    const requests =
      by === "canaries" ? canaryRequests(calibration, this.#options.glimpse) : UNASKED;
    const { seen, failed } = await this.#models.seen(requests, signal);
    const differences = differencesOf(calibration, seen, by);
    const refusing = differences.filter(({ refuses }) => refuses);
    const [worst] = refusing;
    if (worst !== undefined) {
      this.#models.forgetSeen();
      throw refused(calibration.id, wordsOf(refusing), worst.role);
    }
    const about = { calibration: calibration.id, differences };
    if (failed !== null) {
      if (this.#toldFailure) return;
      this.#toldFailure = true;
      const message = `The canaries of the calibration could not be measured, so nobody knows whether it holds here: ${failed}`;
      return tell(CALIBRATION_EVENT, { ...about, message });
    }
    if (this.#done) return;
    this.#done = true;
    if (differences.length === 0) return;
    const message = `The set-up is not quite the calibrated one: ${wordsOf(differences)}. Look with \`glimprouter doctor --calibration\`, or calibrate anew.`;
    await tell(CALIBRATION_EVENT, { ...about, message });
  }
}

function refused(id: string, words: string, role: Role): GlimpRouterError {
  return new GlimpRouterError(
    `The calibration ${JSON.stringify(id)} is not of this pair: ${words}. Calibrate these models (\`glimprouter calibrate\`), or route the ones that were calibrated; \`verifyCalibration: false\` routes all the same.`,
    { reason: "invalid_option", role },
  );
}
