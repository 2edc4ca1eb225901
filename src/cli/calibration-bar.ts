import { Presets, SingleBar } from "cli-progress";
import type { CalibrationProgress } from "../eval/calibrate/calibrate-options.js";
import { duration } from "./paint-estimate.js";
import { isWatched } from "./terminal.js";

/** Draws how far a calibration has come, on standard error, where that is a terminal. */
export class CalibrationBar {
  /** Replies that are kept. */
  done = 0;
  readonly #bar = new SingleBar(
    {
      format: "[{bar}] {value} of {total} replies, {left} left: {phase}",
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.legacy,
  );
  #isDrawn = false;

  readonly show = ({ phase, done, total, left }: CalibrationProgress): void => {
    this.done = done;
    if (!isWatched()) return;
    const payload = { phase, left: left === null ? "?" : duration(left / 60_000) };
    if (!this.#isDrawn) this.#bar.start(total, done, payload);
    this.#isDrawn = true;
    // Replies that are not needed after all are known on the way.
    this.#bar.setTotal(total);
    this.#bar.update(done, payload);
  };

  stop(): void {
    if (this.#isDrawn) this.#bar.stop();
    this.#isDrawn = false;
  }
}
