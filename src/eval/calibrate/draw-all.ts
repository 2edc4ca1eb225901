import { linkSignals } from "../../core/linked-signals.js";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import type { Judge } from "../../router/judge-step.js";
import { modelJudge } from "../../router/model-judge.js";
import { openPrompts } from "../../router/open-prompts.js";
import type { Problem } from "../problems/problem.js";
import { messagesOf } from "../replies/messages-of.js";
import type { Answers } from "./answers.js";
import { branchTasks } from "./branches.js";
import { type DrawnReply, type DrawPlan, drawTasks } from "./draw-replies.js";
import type { Label } from "./labels.js";
import { placeOf, type Signal } from "./menu.js";
import type { SeenOccasion } from "./seen-occasions.js";

type Judged = Readonly<Record<string, number>>;

/** How chance hands over. */
export interface DrawSettings {
  /** At a step's start. */
  readonly rate: number;
  readonly draws: number;
  /** Occasions of small's own reply that are answered both ways. */
  readonly branches: number;
  readonly seed: number;
  readonly label: Label;
}

/** The replies to each problem, at one kind of place. */
export interface Drawn {
  /** In which chance handed over. */
  readonly replies: readonly DrawnReply[];
  /** By problem: nothing handed over, then one occasion in each. Empty where none were asked for. */
  readonly branched: readonly (readonly DrawnReply[])[];
}

const LEAST_RATE = 0.02;
const MOST_RATE = 0.5;

/** The replies in which chance hands over at a step's start: they score every signal whose cut is there. */
export async function drawAtStarts(
  problems: readonly Problem[],
  menu: readonly Signal[],
  settings: DrawSettings,
  answers: Answers,
): Promise<Drawn> {
  const byName = new Map(
    menu.flatMap((signal) => (signal.kind === "point" ? [[signal.point.name, signal.point]] : [])),
  );
  const plan: DrawPlan = {
    ...settings,
    place: "start",
    points: [...byName.values()],
    judge: judgesOf(menu, answers),
  };
  return drawn("chance at steps' starts", problems, plan, settings, answers);
}

/** The same inside steps, where one point asks. */
export async function drawInside(
  problems: readonly Problem[],
  point: GlimpsePoint,
  settings: DrawSettings,
  answers: Answers,
): Promise<Drawn> {
  const plan: DrawPlan = {
    ...settings,
    place: point.name,
    points: [point],
    judge: async (_problem, seen) => seen.map(() => ({})),
  };
  return drawn(`chance at ${point.name}`, problems, plan, settings, answers);
}

async function drawn(
  phase: string,
  problems: readonly Problem[],
  plan: DrawPlan,
  { branches }: DrawSettings,
  answers: Answers,
): Promise<Drawn> {
  // Branches first: small's own thought is what the replies by chance begin with, and is written once.
  const kept = await answers.all(phase, problems, (problem) => [
    ...branchTasks(problem, plan, branches),
    ...drawTasks(problem, plan),
  ]);
  const first = branches === 0 ? 0 : branches + 1;
  return {
    replies: kept.flatMap((replies) => replies.slice(first)),
    branched: kept.map((replies) => replies.slice(0, first)),
  };
}

/** The points of a menu that cut inside a step, each a place of its own. */
export function insidePoints(menu: readonly Signal[]): readonly GlimpsePoint[] {
  return menu.flatMap((signal) => {
    const place = placeOf(signal);
    return place === "start" ? [] : [place];
  });
}

/**
 * How often chance has to hand over at a point's places for a share of the STEPS to have a hand-over.
 *
 * @returns `null` where the point asked in no step
 */
export function rateInside(
  { replies }: Drawn,
  { name }: GlimpsePoint,
  share: number,
): number | null {
  const steps = replies.flatMap(({ occasions }) => occasions);
  const asks = steps.reduce((sum, { asked }) => sum + (asked[name] ?? 0), 0) / steps.length;
  if (!(asks > 0)) return null;
  const rate = asks <= 1 ? share / asks : 1 - (1 - share) ** (1 / asks);
  return Number(Math.min(MOST_RATE, Math.max(LEAST_RATE, rate)).toFixed(3));
}

/** Judges look at a draft behind the reply: that of small, whoever wrote the step in the end. */
function judgesOf(menu: readonly Signal[], answers: Answers): DrawPlan["judge"] {
  const judges = menu.flatMap((each) => (each.kind === "judge" ? [each] : []));
  if (judges.length === 0) return async (_problem, seen) => seen.map(() => ({}));
  const { pair } = answers.plan;
  const { thinking, topLogprobs } = pair.options({});
  return async (problem, seen) => {
    const { signal, unlink } = linkSignals(answers.signal);
    try {
      const prompt = { messages: messagesOf(problem), thinking };
      const openings = await openPrompts(pair.writers, prompt, signal);
      const asked = judges.map(({ name, by }) => ({
        name,
        judge: modelJudge(by, { writers: pair.writers, openings, topLogprobs }),
      }));
      const all: Judged[] = [];
      for (const occasion of seen) all.push(await doubtsOf(occasion, asked, signal));
      return all;
    } finally {
      unlink();
    }
  };
}

async function doubtsOf(
  { thought, draft: step, tokens }: SeenOccasion,
  asked: readonly { readonly name: string; readonly judge: Judge }[],
  signal: AbortSignal,
): Promise<Judged> {
  const found: Record<string, number> = {};
  for (const { name, judge } of asked) {
    // What one judge cannot judge counts as if it had not asked.
    const said = await judge({ thought, step, tokens }, signal).catch(() => null);
    signal.throwIfAborted();
    if (said !== null) found[name] = said.value;
  }
  return found;
}
