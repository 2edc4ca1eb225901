import type { BenchTable, Target } from "./bench-table.js";

export interface BenchResult {
  readonly tables: readonly BenchTable[];
  readonly targets: readonly Target[];
}

/** One thing to measure; its name is also that of its block in docs/benchmarks.md. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(): Promise<BenchResult>;
}
