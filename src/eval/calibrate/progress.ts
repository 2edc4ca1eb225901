import type { CalibrationProgress } from "./calibrate-options.js";

/** Tells how far a calibration has come, and what is left at the pace of what was done in this process. */
export class Progress {
  readonly #tell: (progress: CalibrationProgress) => void;
  readonly #began = performance.now();
  readonly #before: number;
  #done: number;
  #total: number;

  /** @param before - replies that an earlier start has kept */
  constructor(total: number, before: number, tell: (progress: CalibrationProgress) => void) {
    this.#total = total;
    this.#before = before;
    this.#done = before;
    this.#tell = tell;
  }

  kept(phase: string): void {
    this.#done++;
    const made = this.#done - this.#before;
    const pace = (performance.now() - this.#began) / made;
    const left = Math.max(0, this.#total - this.#done) * pace;
    this.#tell({ phase, done: this.#done, total: Math.max(this.#done, this.#total), left });
  }

  /** Replies that are not needed after all. */
  spared(replies: number): void {
    this.#total -= replies;
  }
}
