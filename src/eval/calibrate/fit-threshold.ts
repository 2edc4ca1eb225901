import type { Problem } from "../problems/problem.js";
import type { Answers } from "./answers.js";
import { type KeptReply, keptReply, targetPart } from "./kept-reply.js";
import { type RoutingChoice, routedBy } from "./routing-choice.js";
import type { TargetName } from "./target.js";
import { NEAR, thresholdAt, type WeighedValue } from "./threshold-at.js";

export interface FittedThreshold {
  /** Rising with doubt. */
  readonly tau: number;
  /** Of what the target names, in the last round. */
  readonly attained: number;
  /** Hand-overs a decision, in the last round. */
  readonly rate: number;
  /** Of the last round: each step's value. */
  readonly values: readonly number[];
}

export interface ThresholdTask {
  readonly choice: RoutingChoice;
  readonly target: { readonly name: TargetName; readonly share: number };
  /** Where to begin: of thoughts in which chance handed over; and the share that lay above it. */
  readonly start: { readonly tau: number; readonly share: number };
  /** Large's tokens where it answered alone, by problem. */
  readonly alone: ReadonlyMap<string, number>;
}

/** A thought that is routed is another one than small's own: its values are looked at once more behind the first tau. */
const ROUNDS = 2;

/**
 * tau on ROUTED thoughts: route with one, look at the values that were seen and at what it attained, and take the next one
 * from both.
 */
export async function fitThreshold(
  problems: readonly Problem[],
  task: ThresholdTask,
  answers: Answers,
): Promise<FittedThreshold> {
  const { choice, target, alone } = task;
  let { tau, share } = task.start;
  let attained = Number.NaN;
  let replies: readonly KeptReply[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    replies = await routeAll(problems, choice, tau, answers, round);
    attained = attainedBy(replies, task);
    const isNear = Math.abs(attained / target.share - 1) <= NEAR;
    if (isNear && round === ROUNDS) break;
    share *= correction(stepsShare(target, replies, alone), shareByLarge(replies, target.name));
    tau = thresholdAt(weighed(replies, target.name), Math.min(1, share))?.tau ?? tau;
  }
  const values = replies.flatMap(({ steps }) => steps.flatMap(({ value }) => value ?? []));
  const decisions = replies.reduce((sum, reply) => sum + reply.decisions, 0);
  const handedOver = replies.reduce((sum, reply) => sum + reply.handedOver, 0);
  return { tau, attained, rate: handedOver / Math.max(1, decisions), values };
}

/**
 * The share of the steps, or of the thought's tokens, that large has to write for a target: of a cost what the answer leaves.
 */
export function stepsShare(
  { name, share }: ThresholdTask["target"],
  replies: readonly KeptReply[],
  alone: ThresholdTask["alone"],
): number {
  if (name !== "cost") return share;
  let [budget, tokens] = [0, 0];
  for (const reply of replies) {
    budget += share * (alone.get(reply.problem) ?? 0) - (reply.largeTokens - reply.tokensByLarge);
    tokens += reply.tokens;
  }
  return Math.min(LEAVES_SMALL, Math.max(LEAST_SHARE, budget / Math.max(1, tokens)));
}

const LEAST_SHARE = 0.005;
const LEAVES_SMALL = 0.95;

function shareByLarge(replies: readonly KeptReply[], name: TargetName): number {
  const sum = (of: (reply: KeptReply) => number) =>
    replies.reduce((all, each) => all + of(each), 0);
  return name === "steps"
    ? sum(({ stepsByLarge }) => stepsByLarge) /
        Math.max(
          1,
          sum(({ steps }) => steps.length),
        )
    : sum(({ tokensByLarge }) => tokensByLarge) /
        Math.max(
          1,
          sum(({ tokens }) => tokens),
        );
}

/** How far a share has to move for what was attained to become what is wanted; not too far at once. */
function correction(wanted: number, attained: number): number {
  if (!(attained > 0)) return 2;
  return Math.min(2, Math.max(0.5, wanted / attained));
}

async function routeAll(
  problems: readonly Problem[],
  choice: RoutingChoice,
  tau: number,
  answers: Answers,
  round: number,
): Promise<readonly KeptReply[]> {
  const kept = await answers.all(`threshold, round ${round}`, problems, (problem) => [
    {
      key: `round ${round} ${tau} ${problem.id}`,
      async make(answer) {
        const { arm, notesOf } = routedBy(choice, tau, `fit:${round}`, true);
        const record = await answer(arm, 0);
        return keptReply(record, notesOf(record));
      },
    },
  ]);
  return kept.flat();
}

function attainedBy(replies: readonly KeptReply[], { target, alone }: ThresholdTask): number {
  let [part, of] = [0, 0];
  for (const reply of replies) {
    const added = targetPart(target.name, reply, alone.get(reply.problem) ?? 0);
    part += added.part;
    of += added.of;
  }
  return of === 0 ? Number.NaN : part / of;
}

/** A share of steps counts steps alike, one of tokens by their length. */
function weighed(replies: readonly KeptReply[], name: TargetName): readonly WeighedValue[] {
  return replies.flatMap(({ steps }) =>
    steps.map(({ value, tokens }) => ({ value, weight: name === "steps" ? 1 : tokens })),
  );
}
