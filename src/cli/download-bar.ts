import { Presets, SingleBar } from "cli-progress";
import type { LoadProgress } from "../local/index.js";
import { shown } from "./terminal.js";

/** Draws how far a model's download has come, on standard error. A file that is on disk draws nothing. */
export class DownloadBar {
  readonly #bar: SingleBar;
  #started = false;

  /** @param name - what is downloaded, in front of the bar */
  constructor(name: string) {
    // Without a terminal there is nothing to redraw: a line every few seconds says that it goes on.
    this.#bar = new SingleBar(
      {
        format: `${shown(name).text} [{bar}] {percentage}% of {megabytes} MB`,
        hideCursor: true,
        clearOnComplete: true,
        noTTYOutput: true,
        notTTYSchedule: 5000,
      },
      Presets.legacy,
    );
  }

  readonly show = ({ phase, downloadedBytes = 0, totalBytes = 0 }: LoadProgress): void => {
    if (phase !== "download" || totalBytes === 0) return this.stop();
    const payload = { megabytes: Math.round(totalBytes / 1e6) };
    if (!this.#started) this.#bar.start(totalBytes, downloadedBytes, payload);
    this.#started = true;
    this.#bar.update(downloadedBytes, payload);
  };

  stop(): void {
    if (this.#started) this.#bar.stop();
    this.#started = false;
  }
}
