import { splitParts } from "../core/points/point-name.js";
import type { LabelName } from "../eval/calibrate/calibrate-options.js";
import type { Target } from "../eval/calibrate/target.js";
import type { Checker } from "../eval/checkers/checker.js";
import type { CheckerName } from "../eval/checkers/run-checker.js";
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
import { UsageError } from "./usage-error.js";

/** What `glimprouter calibrate` was asked for; what is left out is `calibrate`'s to choose. */
export interface CalibrateArguments extends ReadReply {
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  readonly pair?: string | undefined;
  readonly continuation: ReturnType<typeof readContinuation>;
  readonly topLogprobs: number | undefined;
  /** Absent: the problems of the embedded pair. */
  readonly data?: string | undefined;
  readonly checker: CheckerName | Checker | undefined;
  readonly menu: readonly string[] | undefined;
  readonly label: LabelName | undefined;
  readonly target: Target | undefined;
  readonly margin: number | undefined;
  readonly draws: number | undefined;
  readonly branches: number | undefined;
  readonly concurrency: number | undefined;
  readonly seed: number | undefined;
  readonly limit: number;
  /** Folder of the replies. */
  readonly work: string;
  readonly output: string;
  readonly skipInvalid: boolean;
  readonly isConfirmed: boolean;
  readonly json: boolean;
}

const LABELS = ["gain", "neutral", "numbers"] as const;

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...REPLY_OPTIONS,
  data: { type: "string" },
  checker: { type: "string" },
  target: { type: "string" },
  menu: { type: "string" },
  label: { type: "string" },
  margin: { type: "string" },
  draws: { type: "string" },
  branches: { type: "string" },
  concurrency: { type: "string" },
  work: { type: "string" },
  output: { type: "string", short: "o", default: "calibration.json" },
  limit: { type: "string" },
  seed: { type: "string" },
  yes: { type: "boolean", default: false },
  "skip-invalid": { type: "boolean", default: false },
} as const;

/** @throws UsageError */
export async function readCalibrateArguments(args: string[]): Promise<CalibrateArguments> {
  const { values } = parseOptions({ args, options: OPTIONS });
  const { small, large, pair, data, checker, menu, label, target, margin, seed, limit } = values;
  const { draws, branches, concurrency, output, json, yes: isConfirmed } = values;
  if (data === undefined && (small !== undefined || large !== undefined)) {
    throw new UsageError(
      "--data is missing: a .jsonl or .csv file of problems, or langsmith:NAME.",
    );
  }
  const isChecked = checker !== undefined || data === undefined;
  return {
    ...{ small, large, pair, data, output, json, isConfirmed },
    ...readReply(values),
    continuation: readContinuation(values.continuation),
    topLogprobs: readTopLogprobs(values["top-logprobs"]),
    checker: isChecked ? await readChecker(checker, data) : undefined,
    menu: menu === undefined ? undefined : menuOf(menu),
    label: label === undefined ? undefined : labelOf(label),
    target: target === undefined ? undefined : targetOf(target),
    margin: margin === undefined ? undefined : readShare("--margin", margin),
    draws: wholeOf("--draws", draws, "replies"),
    branches: wholeOf("--branches", branches, "steps", 0),
    concurrency: wholeOf("--concurrency", concurrency, "problems"),
    seed: wholeOf("--seed", seed, "draws", 0),
    limit: limit === undefined ? Number.POSITIVE_INFINITY : readWhole("--limit", limit, "problems"),
    work:
      values.work ?? `${output.endsWith(".json") ? output.slice(0, -".json".length) : output}.work`,
    skipInvalid: values["skip-invalid"],
  };
}

/** What is left out is not chosen here. */
function wholeOf(
  option: string,
  text: string | undefined,
  of: string,
  least = 1,
): number | undefined {
  return text === undefined ? undefined : readWhole(option, text, of, least);
}

/** At commas, but for those within the brackets of a point's name. */
function menuOf(text: string): readonly string[] {
  const names = splitParts(text).map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new UsageError(
    `--menu must be names of signals with commas between them, got ${JSON.stringify(text)}.`,
  );
}

function labelOf(text: string): LabelName {
  const found = LABELS.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(`--label must be ${LABELS.join(", ")}, got ${JSON.stringify(text)}.`);
}

function targetOf(text: string): Target {
  const [name = "", share = "", ...rest] = text.split("=");
  const value = share.trim() === "" || rest.length > 0 ? Number.NaN : Number(share);
  const isKnown = name === "steps" || name === "largeTokens" || name === "cost";
  if (isKnown && value > 0 && value < 1) return { [name]: value } as Target;
  throw new UsageError(
    `--target must be steps=0.25, largeTokens=0.2 or cost=0.25, with a share between 0 and 1, got ${JSON.stringify(text)}.`,
  );
}
