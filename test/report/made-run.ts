import type { RunFile } from "../../src/eval/records/run-file.js";
import type { Calibration } from "../../src/langchain/calibration/calibration.js";
import type { ReportedRun } from "../../src/report/reported-run.js";
import { MADE_ARMS, MADE_TAU, madeProblems, madeRecords } from "./made-records.js";
import { madeSummary } from "./made-summary.js";

const ABOUT: Readonly<Record<string, string>> = {
  large: "large in one call",
  small: "small alone",
  "small-thought": "small's thought, large's answer",
  routed: "the calibrated point",
  "routed-again": "the same again: the noise of the servers",
  "first-steps:2": "the first two steps by large",
  once: "handed over once, for good",
};

/** A run of the default arms on simulated problems; nothing of it was asked from a model. */
export async function madeRun(count = 60, names = MADE_ARMS): Promise<ReportedRun> {
  const problems = madeProblems(count);
  const arms = names.map((arm) => ({
    arm,
    about: ABOUT[arm] ?? "by chance at the same kind of place",
    settings: {},
  }));
  const records = () => madeRecords(problems, names);
  const run = { ...RUN, arms, data: { ...RUN.data, n: count } };
  return { run, summary: await madeSummary(run, records()), records, problems: () => problems };
}

const model = (name: string) => ({
  name,
  server: "vllm",
  version: "0.24.0",
  fingerprint: "3f1c9a",
});

const estimate = (value: number, by: number) => ({ value, lo: value - by, hi: value + by });

const signal = (
  name: string,
  gain: number,
  auroc: number,
  capture25: number,
): Calibration["signals"][number] => ({
  name,
  dummy: ["stepNumber", "stepLength", "holdsDigit"].includes(name),
  gain: estimate(gain, 0.03),
  fromBranches: null,
  auroc: estimate(auroc, 0.05),
  within: estimate(auroc - 0.02, 0.06),
  p: auroc > 0.65 ? 0.002 : 0.41,
  capture25,
  n: 1200,
  positives: 170,
});

const CALIBRATION: Calibration = {
  v: 1,
  id: "c-made",
  made: "2026-11-26T09:00:00Z",
  package: "0.2.0",
  small: model("small-1.7b"),
  large: model("large-32b"),
  k: 20,
  logprobs: "raw",
  delimiter: "\n\n",
  thinking: { open: "<think>", close: "</think>" },
  point: "stepStart",
  direction: "above",
  threshold: MADE_TAU,
  verify: null,
  target: { steps: 0.25 },
  attained: { fit: 0.26, heldOut: estimate(0.237, 0.031), rate: estimate(0.237, 0.031) },
  knifeEdge: 0.012,
  quantiles: Array.from({ length: 101 }, (_, at) => (at / 100) ** 3 * 2.99),
  firstLook: null,
  branches: null,
  replies: null,
  signals: [
    signal("stepStart", 0.061, 0.72, 0.58),
    signal("span:=:number", 0.042, 0.69, 0.51),
    signal("window:5", 0.011, 0.57, 0.33),
    signal("stepNumber", 0.032, 0.64, 0.44),
    signal("stepLength", -0.004, 0.51, 0.26),
    signal("holdsDigit", 0.009, 0.55, 0.3),
  ],
  verdict: {
    says: "gains",
    difference: 0.05,
    lo: 0.01,
    hi: 0.09,
    margin: 0.02,
    null: "random",
    more: null,
    words: "gains",
  },
  canaries: [],
  data: { sha256: "9b1d", n: 300, clusters: 12, split: 0.5, seed: 1 },
};

const RUN: Omit<RunFile, "arms"> = {
  v: 1,
  id: "crates",
  made: "2026-11-27T06:00:00Z",
  package: "0.2.0",
  mode: "latency",
  models: { small: model("small-1.7b"), large: model("large-32b") },
  repeats: 1,
  seed: 1,
  checker: "number",
  data: { source: "test.jsonl", sha256: "4be1c0", n: 60, clusters: 12, skipped: 0 },
  prices: null,
  calibration: CALIBRATION,
  primary: { arm: "routed", margin: 0.02, alpha: 0.05 },
  machine: { gpu: "none", cpu: "2 cores" },
  arguments: ["glimprouter", "eval", "--data", "test.jsonl", "--checker", "number"],
};
