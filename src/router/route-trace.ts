import type { Role } from "./step-writer.js";
import type {
  AnswerRecord,
  RoleUsage,
  StepRecord,
  StopReason,
  ThoughtState,
} from "./thought-state.js";

/** The routing record of a reply: `response_metadata.glimprouter`. */
export interface RoutingRecord {
  /** tau in nats; `null` where a policy took its place. */
  readonly threshold: number | null;
  readonly steps: readonly StepRecord[];
  /** `null` with `thinking: false`, or where the reply ended before its answer. */
  readonly answer: AnswerRecord | null;
  /** Steps by large / all steps; 0 without steps. */
  readonly interventionRate: number;
  /** Tokens of the thought by large / all its tokens; 0 without tokens. */
  readonly largeShare: number;
  /** Changes of writer between two steps. */
  readonly handoffs: number;
  /** Generation requests; rendering the prompt is not one. */
  readonly requests: Readonly<Record<Role, number>>;
  readonly continuation: Readonly<Record<Role, string>>;
  /** Tokens of every request, discarded ones included. */
  readonly usage: Readonly<Record<Role, RoleUsage>>;
  /** `null` only in the record of a reply that failed in mid-thought. */
  readonly stopReason: StopReason | null;
  readonly answeredBy: Role | null;
}

/** What a state says about how its reply came to be. */
export function routingRecord(
  state: ThoughtState,
  about: {
    readonly threshold: number | null;
    readonly answerBy: Role | null;
    readonly continuation: Readonly<Record<Role, string>>;
  },
): RoutingRecord {
  const { steps } = state;
  const byLarge = steps.filter(({ route }) => route === "large");
  const tokens = sumTokens(steps);
  return {
    threshold: about.threshold,
    steps,
    answer: state.answer,
    interventionRate: steps.length === 0 ? 0 : byLarge.length / steps.length,
    largeShare: tokens === 0 ? 0 : sumTokens(byLarge) / tokens,
    handoffs: steps.filter((step, index) => index > 0 && step.route !== steps[index - 1]?.route)
      .length,
    requests: state.requests,
    continuation: about.continuation,
    usage: state.usage,
    stopReason: state.stopReason,
    answeredBy: about.answerBy,
  };
}

function sumTokens(steps: readonly StepRecord[]): number {
  return steps.reduce((sum, { tokens }) => sum + tokens, 0);
}
