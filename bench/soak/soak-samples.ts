import { getEventListeners } from "node:events";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { linearRegression } from "simple-statistics";
import { collectGarbage } from "../collect-garbage.js";

/** The process at one moment. */
export interface SoakSample {
  readonly seconds: number;
  /** Behind a collection. */
  readonly heapMegabytes: number;
  readonly sockets: number;
  /** On the signal that all chains share. */
  readonly listeners: number;
}

/** What the loop's delay is sampled by, in ms. */
const RESOLUTION = 5;

const LOOKS = 15;
/** Of the time, while caches and pools fill and code is compiled. */
const WARM_UP = 0.3;

/** Looks at the process now and then. */
export class SoakSamples {
  readonly samples: SoakSample[] = [];
  readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #signal: AbortSignal;
  readonly #begin = performance.now();
  readonly #seconds: number;
  #isOver = false;
  #isWarm = false;
  #next: Promise<void> = Promise.resolve();

  /** @param seconds - after which no chain begins any more */
  constructor(signal: AbortSignal, seconds: number) {
    this.#signal = signal;
    this.#seconds = seconds;
  }

  /** Those in which as many chains ran as can, and everything was warm. */
  get settled(): readonly SoakSample[] {
    return this.samples.filter(
      ({ seconds }) => seconds >= WARM_UP * this.#seconds && seconds <= this.#seconds,
    );
  }

  start(): void {
    this.delay.enable();
    this.#next = this.#look();
  }

  /** Waits for the look under way. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#next;
    this.delay.disable();
  }

  async take(): Promise<SoakSample> {
    // A collection stands still for its own sake.
    this.delay.disable();
    const { heapUsed } = await collectGarbage();
    this.delay.enable();
    const resources = process.getActiveResourcesInfo();
    return {
      seconds: (performance.now() - this.#begin) / 1_000,
      heapMegabytes: heapUsed / 2 ** 20,
      sockets: resources.filter((name) => name === "TCPSocketWrap").length,
      listeners: getEventListeners(this.#signal, "abort").length,
    };
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, (this.#seconds * 1_000) / LOOKS));
      if (this.#isOver) return;
      const sample = await this.take();
      this.samples.push(sample);
      if (this.#isWarm || sample.seconds < WARM_UP * this.#seconds) continue;
      this.#isWarm = true;
      this.delay.reset();
    }
  }
}

/** Growth a minute of one of the figures. */
export function slopePerMinute(
  samples: readonly SoakSample[],
  of: "heapMegabytes" | "sockets" | "listeners",
): number {
  const points = samples.map((sample) => [sample.seconds / 60, sample[of]]);
  return points.length < 2 ? Number.NaN : linearRegression(points).m;
}
