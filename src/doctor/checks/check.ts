import type { Examination } from "../examination.js";
import type { CheckId, Finding } from "../report.js";

/** One question about a model. It may send one cheap request, and look at what others were told. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  /** Checks without which this one cannot be made: where one of them failed, it is skipped. */
  readonly needs: readonly CheckId[];
  run(examination: Examination, signal: AbortSignal): Finding | Promise<Finding>;
}
