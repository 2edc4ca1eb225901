import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { entropyCeiling } from "../core/entropy.js";
import type { ThinkingTags } from "../core/thinking-tags.js";
import { GlimpRouterError } from "../errors.js";
import type { Role } from "../router/step-writer.js";
import { type ContinuationOfEach, continuationOf } from "../writers/continuation-of-each.js";
import { madeModel } from "../writers/made-model.js";
import type { Continuation } from "../writers/step-writer-for.js";
import { examineMemory } from "./examine-memory.js";
import { type ExaminedReport, examineModel } from "./examine-model.js";
import { examinePair } from "./examine-pair.js";
import type {
  CheckReport,
  DoctorReport,
  ModelHead,
  PairCheckReport,
  RoutableOptions,
} from "./report.js";
import { writeSnippet } from "./write-snippet.js";

/** The options of `GlimpRouterChatModel` that decide whether a pair can route, and limits of the doctor's. */
export interface DoctorOptions {
  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  /** @defaultValue "auto" */
  readonly continuation?: Continuation | ContinuationOfEach;
  /** @defaultValue { open: "<think>", close: "</think>" } */
  readonly thinking?: ThinkingTags | false;
  /** Candidates of a glimpse, 2 or more. @defaultValue 20 */
  readonly topLogprobs?: number;
  /** Tokens of each model's context, where its server does not tell. */
  readonly contextSize?: { readonly small?: number; readonly large?: number };
  /** The most that one check may take. A server's first request with log-probabilities can take 10 s. @defaultValue 30000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Is told each check as soon as it is made, and of which model; `null` for those of the pair. */
  readonly onCheck?: (check: CheckReport | PairCheckReport, model: ModelHead | null) => void;
}

const DEFAULTS = {
  continuation: "auto",
  thinking: { open: "<think>", close: "</think>" },
  topLogprobs: 20,
  timeoutMs: 30_000,
  onCheck: () => undefined,
} as const;

/** The router's default threshold, in nats. */
const DEFAULT_THRESHOLD = 1;

/**
 * Examines a pair of models before it is routed: whether their servers do what a routed thought needs, with
 * one cheap request for each check. What is wrong is in the report, and not thrown.
 *
 * @example
 * ```ts
 * const report = await diagnose({ small, large });
 * if (!report.canRoute) console.table(report.small.checks);
 * else console.log(report.snippet);
 * ```
 * @throws GlimpRouterError `invalid_option` where `topLogprobs` or `timeoutMs` makes no sense, or a model of
 * `initChatModel` cannot be made; the signal's reason where it was aborted
 */
export async function diagnose(options: DoctorOptions): Promise<DoctorReport> {
  const { topLogprobs, timeoutMs, thinking, continuation, onCheck } = {
    ...DEFAULTS,
    ...defined(options),
  };
  requireAtLeast("topLogprobs", topLogprobs, 2);
  requireAtLeast("timeoutMs", timeoutMs, 1);
  const examine = async (role: Role) =>
    examineModel(
      {
        role,
        model: await madeModel(options[role], role),
        continuation: continuationOf(continuation, role),
        thinking,
        topLogprobs,
        contextSize: options.contextSize?.[role],
      },
      { timeoutMs, signal: options.signal, onCheck },
    );
  // One after the other: the checks look at what a server is doing, and both models may be on one.
  const small = await examine("small");
  const large = await examine("large");
  const canRoute = [small, large].every(({ report }) =>
    report.checks.every(({ status }) => status !== "failed"),
  );
  const examined = { small, large };
  const pair = canRoute
    ? [
        ...examinePair(options, examined),
        ...(await examineMemory(options, examined, options.signal)),
      ]
    : [];
  for (const check of pair) onCheck(check, null);
  const chosen = canRoute
    ? routableOptions({ small, large }, { thinking, topLogprobs, given: options.contextSize })
    : null;
  return {
    canRoute,
    small: small.report,
    large: large.report,
    pair,
    options: chosen,
    snippet: chosen === null ? null : writeSnippet(chosen),
  };
}

function routableOptions(
  of: Readonly<Record<Role, ExaminedReport>>,
  from: {
    readonly thinking: ThinkingTags | false;
    readonly topLogprobs: number;
    readonly given: DoctorOptions["contextSize"];
  },
): RoutableOptions {
  const { thinking, topLogprobs, given } = from;
  const size = (role: Role) => {
    const tokens = of[role].contextSize ?? given?.[role];
    return tokens === undefined ? {} : { [role]: tokens };
  };
  const ceiling = entropyCeiling(topLogprobs);
  return {
    continuation: { small: of.small.continuation, large: of.large.continuation },
    // A third of the ceiling, as 1.0 is of ln 20.
    ...(ceiling < DEFAULT_THRESHOLD ? { threshold: Number((ceiling / 3).toFixed(2)) } : {}),
    topLogprobs,
    ...(needsProbes(of.small) ? { glimpse: "probe" as const } : {}),
    contextSize: { ...size("small"), ...size("large") },
    thinking,
  };
}

function needsProbes({ report }: ExaminedReport): boolean {
  return report.checks.some(({ id, status }) => id === "log-probs" && status === "warning");
}

/** Options without those that are `undefined`: they would hide the defaults. */
function defined(options: DoctorOptions): DoctorOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as DoctorOptions;
}

function requireAtLeast(field: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new GlimpRouterError(
    `Expected \`${field}\` to be a whole number, ${least} or more, got ${value}.`,
    { reason: "invalid_option" },
  );
}
