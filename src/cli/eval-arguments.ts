import { readFileSync } from "node:fs";
import type { Checker } from "../eval/checkers/checker.js";
import type { CheckerName } from "../eval/checkers/run-checker.js";
import { type Prices, pricesSchema } from "../eval/records/run-file.js";
import type { Calibration } from "../langchain/calibration/calibration.js";
import { readCalibrationFile } from "./read-calibration-file.js";
import { readChecker } from "./read-checker.js";
import {
  MODEL_OPTIONS,
  parseOptions,
  readContinuation,
  readShare,
  readTopLogprobs,
  readWhole,
} from "./read-options.js";
import { REPLY_OPTIONS, type ReadReply, readReply } from "./read-reply.js";
import { type ReadRouting, ROUTING_OPTIONS, readRouting } from "./read-routing.js";
import { UsageError } from "./usage-error.js";

/** What `glimprouter eval` was asked for. */
export interface EvalArguments extends ReadReply {
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  readonly pair?: string | undefined;
  readonly largeDraft?: string | undefined;
  readonly continuation: ReturnType<typeof readContinuation>;
  readonly topLogprobs: number | undefined;
  readonly routing: ReadRouting;
  readonly calibrations: readonly Calibration[];
  /** Absent: the problems of the embedded pair. */
  readonly data?: string | undefined;
  readonly checker: CheckerName | Checker;
  readonly arms: readonly string[];
  readonly mode: "quality" | "latency";
  readonly repeats: number;
  readonly seed: number;
  readonly margin?: number | undefined;
  readonly primary?: string | undefined;
  readonly doubt?: number | undefined;
  readonly rates?: readonly number[] | undefined;
  readonly concurrency?: number | undefined;
  readonly atOnce?: readonly number[] | undefined;
  readonly prices?: Prices | undefined;
  /** The run's folder. */
  readonly output: string;
  readonly limit: number;
  readonly isConfirmed: boolean;
  readonly json: boolean;
  readonly isRequired: boolean;
  readonly skipInvalid: boolean;
}

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...ROUTING_OPTIONS,
  ...REPLY_OPTIONS,
  calibration: { type: "string", multiple: true },
  data: { type: "string" },
  checker: { type: "string" },
  arms: { type: "string", default: "default" },
  "large-draft": { type: "string" },
  quality: { type: "boolean", default: false },
  latency: { type: "boolean", default: false },
  repeats: { type: "string", default: "1" },
  seed: { type: "string", default: "0" },
  margin: { type: "string" },
  primary: { type: "string" },
  doubt: { type: "string" },
  rates: { type: "string" },
  concurrency: { type: "string" },
  "at-once": { type: "string" },
  prices: { type: "string" },
  output: { type: "string", short: "o" },
  limit: { type: "string" },
  yes: { type: "boolean", default: false },
  require: { type: "boolean", default: false },
  "skip-invalid": { type: "boolean", default: false },
} as const;

/** @throws UsageError */
export async function readEvalArguments(args: string[]): Promise<EvalArguments> {
  const { values } = parseOptions({ args, options: OPTIONS });
  const {
    small,
    large,
    pair,
    data,
    output,
    calibration = [],
    json,
    require,
    yes,
    primary,
  } = values;
  if (output === undefined) {
    throw new UsageError("eval keeps what it does in a folder: name it, as in -o runs/first.");
  }
  if (values.quality && values.latency) {
    throw new UsageError("--quality and --latency are two runs: give one of them.");
  }
  if (data === undefined && (small !== undefined || large !== undefined)) {
    throw new UsageError(
      "--data is missing: a .jsonl or .csv file of problems, or langsmith:NAME.",
    );
  }
  const { calibration: _calibration, ...routed } = values;
  return {
    ...{ small, large, pair, data, output, json, primary },
    largeDraft: values["large-draft"],
    isConfirmed: yes,
    isRequired: require,
    skipInvalid: values["skip-invalid"],
    ...readReply(values),
    continuation: readContinuation(values.continuation),
    topLogprobs: readTopLogprobs(values["top-logprobs"]),
    routing: readRouting(routed),
    calibrations: calibration.map(readCalibrationFile),
    checker: await readChecker(values.checker, data),
    arms: listOf(values.arms),
    mode: values.latency ? "latency" : "quality",
    repeats: readWhole("--repeats", values.repeats, "replies"),
    seed: readWhole("--seed", values.seed, "draws", 0),
    limit: optional(values.limit, (text) => readWhole("--limit", text, "problems")) ?? Infinity,
    margin: optional(values.margin, (text) => readShare("--margin", text)),
    doubt: optional(values.doubt, (text) => readShare("--doubt", text)),
    rates: optional(values.rates, (text) => listOf(text).map((rate) => readShare("--rates", rate))),
    concurrency: optional(values.concurrency, (text) =>
      readWhole("--concurrency", text, "problems"),
    ),
    atOnce: optional(values["at-once"], (text) =>
      listOf(text).map((count) => readWhole("--at-once", count, "replies")),
    ),
    prices: optional(values.prices, readPrices),
  };
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** JSON, or a file of it. */
function readPrices(given: string): Prices {
  const isJson = given.trimStart().startsWith("{");
  try {
    const parsed = pricesSchema.safeParse(JSON.parse(isJson ? given : readFileSync(given, "utf8")));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new UsageError(
      `--prices: \`${issue?.path.join(".")}\`: ${issue?.message}. Give {"small": {"input": 0.1, "cachedInput": 0.02, "output": 0.4}, "large": {...}}, money for a million tokens.`,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const said = error instanceof Error ? error.message.replaceAll("\n", " ") : String(error);
    throw new UsageError(`--prices ${isJson ? "is no JSON" : `${given} cannot be read`}: ${said}`);
  }
}
