import { Presets, SingleBar } from "cli-progress";
import type { EvalProgress } from "../eval/run/evaluate-options.js";

/** Draws how far a run has come, on standard error, where that is a terminal. */
export class EvalBar {
  readonly #bar = new SingleBar(
    {
      format: "[{bar}] {value} of {total} replies, {eta_formatted} left, failed {failed}",
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 100,
    },
    Presets.legacy,
  );
  #isDrawn = false;
  #failed = 0;

  readonly show = ({ record, done, total }: Omit<EvalProgress, "run">): void => {
    if (record.status === "error") this.#failed++;
    const payload = { failed: this.#failed };
    if (!this.#isDrawn) this.#bar.start(total, done, payload);
    this.#isDrawn = true;
    this.#bar.update(done, payload);
  };

  stop(): void {
    if (this.#isDrawn) this.#bar.stop();
    this.#isDrawn = false;
  }
}
