import { type Prices, replyCost } from "../core/reply-cost.js";
import type { RetryRecord } from "./cut.js";
import { answererOf, type DegradedRecord } from "./degraded.js";
import type { RequestCounts, UsageCounts, WarmCounts } from "./spent.js";
import type {
  AnswerRecord,
  PartRecord,
  StepRecord,
  StopReason,
  WatchRecord,
} from "./step-record.js";
import type { Opening, Role } from "./step-writer.js";
import type { ThoughtState } from "./thought-state.js";

/** The routing record of a reply: `response_metadata.glimprouter`. */
export interface RoutingRecord {
  /** tau in nats; `null` where a policy took its place. */
  readonly threshold: number | null;
  readonly steps: readonly StepRecord[];
  /** `null` with `thinking: false`, or where the reply ended before its answer. */
  readonly answer: AnswerRecord | null;
  /** Steps of which large wrote any part / all steps; 0 without steps. */
  readonly interventionRate: number;
  /** Tokens of the thought by large / all its tokens; 0 without tokens. */
  readonly largeShare: number;
  /** Changes of writer, inside a step or between two. */
  readonly handoffs: number;
  readonly requests: RequestCounts;
  readonly continuation: Readonly<Record<Role, string>>;
  /**
   * Tokens of the caller's messages, once, as each model's own template and tokenizer have them: what the model alone would call its
   * prompt. `null` where nobody tells, as of a prompted model.
   */
  readonly promptTokens: Readonly<Record<Role, number | null>>;
  readonly usage: UsageCounts;
  /** In the unit of the prices (`replyCost`); `null` without prices. */
  readonly cost: number | null;
  /** How sure small was of the answer, in order (`answerEntropy`); absent where it was not asked. */
  readonly watched?: readonly WatchRecord[];
  /** Streams that were cut and opened again, in order; absent where none was. */
  readonly retries?: readonly RetryRecord[];
  /** Requests that only had a server read (option `warm`); absent where there were none. */
  readonly warm?: WarmCounts;
  /** `null` only in the record of a reply that failed in mid-thought. */
  readonly stopReason: StopReason | null;
  readonly answeredBy: Role | null;
  /** The model that was out, and whose part the other one has taken (`onFailure`); absent where none was. */
  readonly degraded?: DegradedRecord;
}

type Openings = Readonly<Record<Role, Pick<Opening, "kind" | "promptTokens" | "tagTokens">>>;

const UNOPENED: Openings[Role] = { kind: "", promptTokens: null };

/** What a state says about how its reply came to be. */
export function routingRecord(
  state: ThoughtState,
  about: {
    readonly threshold: number | null;
    readonly answerBy: Role | null;
    /** `null` where it failed before there were any. */
    readonly openings: Openings | null;
    readonly prices?: Prices | undefined;
  },
): RoutingRecord {
  const { steps } = state;
  const byLarge = steps.filter(({ route }) => route === "large");
  const parts = steps.flatMap((step) => step.parts);
  const tokens = sumTokens(parts);
  const { small, large } = about.openings ?? { small: UNOPENED, large: UNOPENED };
  return {
    threshold: about.threshold,
    steps,
    answer: state.answer,
    interventionRate: steps.length === 0 ? 0 : byLarge.length / steps.length,
    largeShare: tokens === 0 ? 0 : sumTokens(parts.filter(isByLarge)) / tokens,
    handoffs: parts.filter((part, index) => index > 0 && part.route !== parts[index - 1]?.route)
      .length,
    requests: state.requests,
    continuation: { small: small.kind, large: large.kind },
    promptTokens: { small: callersTokens(small), large: callersTokens(large) },
    usage: state.usage,
    cost: about.prices === undefined ? null : replyCost(state.usage, about.prices),
    ...(state.watched.length === 0 ? {} : { watched: state.watched }),
    ...(state.retries.length === 0 ? {} : { retries: state.retries }),
    ...(state.warm === null ? {} : { warm: state.warm }),
    stopReason: state.stopReason,
    ...(state.degraded === null ? {} : { degraded: state.degraded }),
    answeredBy: about.answerBy === null ? null : answererOf({ answerBy: about.answerBy }, state),
  };
}

/** A writer may be anybody's: what can be no count is none. */
function callersTokens({ promptTokens, tagTokens = 0 }: Openings[Role]): number | null {
  const tokens = (promptTokens ?? Number.NaN) - tagTokens;
  return Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null;
}

function isByLarge({ route }: PartRecord): boolean {
  return route === "large";
}

function sumTokens(parts: readonly PartRecord[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}
