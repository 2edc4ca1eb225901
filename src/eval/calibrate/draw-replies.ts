import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { random } from "../../core/policies/random.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import type { Arm, ReplyPlace } from "../arms/arm.js";
import { seedOf } from "../arms/chance.js";
import type { Problem } from "../problems/problem.js";
import type { EvalRecord } from "../records/eval-record.js";
import type { Task } from "./answers.js";
import { type KeptReply, keptReply, NO_NOTES } from "./kept-reply.js";
import { type Label, NO_LABEL } from "./labels.js";
import { OccasionRecorder, type SeenOccasion } from "./seen-occasions.js";

/** Text that waits for a draw at a step's end: longer steps than the usual bound are drawn, too. */
const MOST_HELD = 8192;

/** What is kept of one occasion. */
export interface DrawnOccasion
  extends Pick<SeenOccasion, "step" | "handedOver" | "values" | "asked" | "tokens" | "draft"> {
  /** A bad step; `null`: not known. */
  readonly bad: boolean | null;
}

/** One reply in which chance handed over, at one kind of place; or nobody, or somebody once (`branchTasks`). */
export interface DrawnReply {
  readonly reply: KeptReply;
  /** With which chance; 0 where it was not by chance. */
  readonly rate: number;
  /** Judges were asked about its steps: of each problem's replies the first, since each step is a request. */
  readonly judged: boolean;
  readonly occasions: readonly DrawnOccasion[];
}

export interface DrawPlan {
  /** `"start"`, or the name of a point that cuts inside a step. */
  readonly place: string;
  /** At `"start"`: whatever is to be noted. Inside: the one point. */
  readonly points: readonly GlimpsePoint[];
  readonly rate: number;
  readonly draws: number;
  readonly seed: number;
  readonly label: Label;
  /** Doubts of judges about drafted steps, by the signal's name. */
  judge(
    problem: Problem,
    occasions: readonly SeenOccasion[],
  ): Promise<readonly Readonly<Record<string, number>>[]>;
}

/** The replies to one problem in which chance hands over at one kind of place. */
export function drawTasks(problem: Problem, plan: DrawPlan): readonly Task<DrawnReply>[] {
  return Array.from({ length: plan.draws }, (_, draw) => ({
    key: `draw ${plan.place} ${plan.rate} ${draw} ${problem.id}`,
    async make(answer) {
      const { place, rate, seed } = plan;
      const drawn = new DrawnArm(plan, {
        name: `draw:${place}:${rate}`,
        about: `large by chance, ${rate} of the occasions, at ${place}`,
        settings: { place, rate },
        policy: (reply) => random(rate, seedOf(seed, { ...reply, repeat: draw })),
      });
      // No repeat: greedy models write the same again, and what they wrote may be used.
      const record = await answer(drawn.arm, 0);
      const seen = drawn.seen();
      const judged = draw === 0;
      const doubts = judged ? await plan.judge(problem, seen) : [];
      const bad = await plan.label(problem, record, seen, draw);
      return {
        reply: keptReply(record, NO_NOTES),
        rate,
        judged,
        occasions: seen.map((each, index) =>
          drawnOccasion(each, doubts[index], bad[index] ?? NO_LABEL),
        ),
      };
    },
  }));
}

/** @param doubts - of the judges that were asked about it */
export function drawnOccasion(
  { thought: _thought, ...kept }: SeenOccasion,
  doubts: Readonly<Record<string, number>> | undefined,
  bad: boolean | null,
): DrawnOccasion {
  return { ...kept, values: { ...kept.values, ...doubts }, bad };
}

/** Who goes on at each occasion of one reply. */
export interface DrawnBy extends Pick<Arm, "name" | "about" | "settings"> {
  /** Asked once an occasion, in their order. */
  policy(reply: ReplyPlace): RoutePolicy;
}

/** An arm for one reply: it notes what its points see. */
export class DrawnArm {
  readonly arm: Arm;
  #recorder: OccasionRecorder | null = null;

  constructor({ place, points }: DrawPlan, { policy, ...named }: DrawnBy) {
    this.arm = {
      ...named,
      cached: true,
      way: {
        kind: "routed",
        options: (reply) => {
          // Asked for again where the reply is: what was seen of the first one is gone.
          const recorder = new OccasionRecorder(policy(reply));
          this.#recorder = recorder;
          const [inside] = points;
          const isInside = place !== "start" && inside !== undefined;
          return {
            glimpseAt: isInside ? recorder.at(inside) : recorder.atStarts(points),
            // Each part of the point has its own.
            policy: () => "small",
            maxHoldTokens: MOST_HELD,
          };
        },
      },
    };
  }

  seen(): readonly SeenOccasion[] {
    return this.#recorder?.seen ?? [];
  }
}

/** Where nothing is labelled. */
export const unlabelled: Label = async (_problem: Problem, _record: EvalRecord, seen) =>
  seen.map(() => NO_LABEL);
