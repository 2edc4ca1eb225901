import type { BenchTable, Target } from "./bench-table.js";

export interface BenchResult {
  readonly tables: readonly BenchTable[];
  readonly targets: readonly Target[];
}

/** What the command line may change of a bench; those that do not heed it have no such thing. */
export interface BenchSettings {
  readonly seconds?: number;
  readonly chains?: number;
  readonly rounds?: number;
}

/** One thing to measure; its name is also that of its block in `page`. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  /** It takes minutes, and is run only by its name. */
  readonly isLong?: true;
  /** In docs/. @defaultValue "benchmarks.md" */
  readonly page?: string;
  run(settings: BenchSettings): Promise<BenchResult>;
}
