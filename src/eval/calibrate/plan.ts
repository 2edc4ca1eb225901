import type { Problem } from "../problems/problem.js";
import { detectableDifference } from "../statistics/sample-size.js";
import { answerAlone } from "./alone.js";
import type { Answers } from "./answers.js";
import type { CalibrationPlan } from "./calibrate-options.js";
import { type DrawSettings, drawAtStarts, insidePoints } from "./draw-all.js";
import { canLook } from "./first-look.js";
import { HELD_OUT_REPLIES } from "./held-out.js";
import type { KeptReply } from "./kept-reply.js";
import { isLocal, type ResolvedCalibration } from "./resolve-calibrate.js";
import { clusterOf } from "./split-problems.js";

/** Share of the problems that two arms answer differently, where nobody has looked yet. */
const DISCORDANT = 0.2;
const ROUNDS = 2;
const MS_PER_MINUTE = 60_000;

/** Replies of a calibration, at most: of each model alone, and routed in some way. */
export interface CountedReplies {
  readonly alone: number;
  readonly routed: number;
}

export function countReplies({
  split,
  menu,
  draws,
  branches,
  isChecked,
}: ResolvedCalibration): CountedReplies {
  const [fit, heldOut] = [split.fit.length, split.heldOut.length];
  const places = 1 + insidePoints(menu).length;
  const perHeldOut = isChecked ? HELD_OUT_REPLIES : 1;
  return {
    alone: 2 * (fit + heldOut),
    routed: fit * (repliesAt({ draws, branches }) * places + ROUNDS) + heldOut * perHeldOut,
  };
}

/** Of a problem, at one kind of place. */
export function repliesAt({ draws, branches }: Pick<DrawSettings, "draws" | "branches">): number {
  return draws + (branches === 0 ? 0 : branches + 1);
}

/**
 * What a calibration will cost, and what it can see. The first problem is answered for it, by each model alone and once by
 * chance: these replies are kept like all others.
 *
 * @param kept - replies that are there already
 */
export async function planOf(
  resolved: ResolvedCalibration,
  settings: DrawSettings,
  answers: Answers,
  kept: number,
): Promise<CalibrationPlan> {
  const { split, menu, isChecked, draws, branches } = resolved;
  const first = split.fit.slice(0, 1);
  const alone = await answerAlone(first, answers);
  const once = { ...settings, draws: Math.min(1, draws), branches: 0 };
  const drawn = await drawAtStarts(first, menu, once, answers);
  const singles = [...alone.small.values(), ...alone.large.values()];
  const replies = drawn.replies.map(({ reply }) => reply);
  const counted = countReplies(resolved);
  const total = counted.alone + counted.routed;
  const left = Math.max(0, total - kept - singles.length - replies.length) / total;
  const sum = (of: (reply: KeptReply) => number) =>
    left * (counted.alone * meanOf(singles, of) + counted.routed * meanOf(replies, of));
  const judges = menu.filter(({ kind }) => kind === "judge").length;
  const steps = meanOf(replies, (reply) => reply.steps.length);
  const clusters = clustersOf(split.heldOut);
  const problems = split.fit.length + split.heldOut.length;
  return {
    problems,
    clusters: clustersOf([...split.fit, ...split.heldOut]),
    fit: split.fit.length,
    heldOut: split.heldOut.length,
    replies: Math.round(left * total),
    requests: Math.round(
      sum(({ cost }) => cost.requests) +
        left *
          (judges * (steps + branches) * split.fit.length + (canLook(answers.plan) ? problems : 0)),
    ),
    tokens: Math.round(sum(({ cost }) => cost.tokens)),
    minutes: sum(({ cost }) => cost.ms) / MS_PER_MINUTE / companyOf(resolved),
    detectable: Math.min(1, detectableDifference(clusters, DISCORDANT)),
    isChecked,
  };
}

function meanOf(replies: readonly KeptReply[], of: (reply: KeptReply) => number): number {
  return replies.reduce((sum, reply) => sum + of(reply), 0) / Math.max(1, replies.length);
}

/** Replies that go on side by side without waiting for each other: models in this process share its cores. */
function companyOf({ answering: { pair, options } }: ResolvedCalibration): number {
  return isLocal(pair) ? 1 : (options.concurrency ?? 1);
}

function clustersOf(problems: readonly Problem[]): number {
  return new Set(problems.map(clusterOf)).size;
}
