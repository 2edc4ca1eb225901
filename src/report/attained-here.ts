import type { EvalRecord } from "../eval/records/eval-record.js";
import { ratioEstimate } from "../eval/statistics/ratio-estimate.js";
import type { Estimate } from "../eval/summary/summary.js";
import type { Calibration } from "../langchain/calibration/calibration.js";

interface Sums {
  part: number;
  of: number;
}

/** What the compared arm attained in this run, of what its calibration aimed at; counted as `calibrate` counts it. */
export class AttainedHere {
  readonly #target: Calibration["target"];
  readonly #primary: string;
  readonly #byCluster = new Map<string, Sums>();

  constructor({ target }: Calibration, primary: string) {
    this.#target = target;
    this.#primary = primary;
  }

  add(record: EvalRecord): void {
    if (record.arm === this.#primary) this.#sum(record, this.#partOf(record));
    // Of a cost, what is compared with stands in another arm's record.
    if (record.arm === "large" && "cost" in this.#target) {
      this.#sum(record, { part: 0, of: record.usage.large.output });
    }
  }

  /** Over clusters; `null` where there is nothing to divide by, or no two clusters to tell an interval. */
  estimate(): Estimate | null {
    const sums = [...this.#byCluster.values()];
    if (sums.length < 2 || sums.every(({ of }) => of === 0)) return null;
    const { value, lo, hi } = ratioEstimate(sums);
    return { value, lo: Math.max(0, lo), hi };
  }

  #partOf({ steps, usage }: EvalRecord): Sums {
    if ("cost" in this.#target) return { part: usage.large.output, of: 0 };
    if ("steps" in this.#target) {
      return { part: steps.filter(({ route }) => route === "large").length, of: steps.length };
    }
    const parts = steps.flatMap((step) => step.parts);
    const tokens = (some: typeof parts) => some.reduce((sum, part) => sum + part.tokens, 0);
    return { part: tokens(parts.filter(({ route }) => route === "large")), of: tokens(parts) };
  }

  #sum({ cluster }: EvalRecord, { part, of }: Sums): void {
    const sums = this.#byCluster.get(cluster) ?? { part: 0, of: 0 };
    this.#byCluster.set(cluster, { part: sums.part + part, of: sums.of + of });
  }
}
