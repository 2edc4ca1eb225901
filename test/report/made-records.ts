import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Problem } from "../../src/eval/problems/problem.js";
import type { EvalRecord, EvalStep } from "../../src/eval/records/eval-record.js";

/** tau of the made run, nats. */
export const MADE_TAU = 1;

/** The default arms, as far as they are asked. */
export const MADE_ARMS: readonly string[] = [
  ...["large", "small", "small-thought", "routed", "routed-again", "first-steps:2", "once"],
  ...[0.1, 0.25, 0.5].flatMap((rate) => [1, 2, 3, 4].map((seed) => `random:${rate}:${seed}`)),
];

const GOODS = ["apples", "pencils", "bolts", "loaves", "marbles", "tiles"] as const;
const NAMES = ["Mara", "Oskar", "Lin", "Tomas", "Ada", "Yusuf"] as const;

interface MadeStep {
  readonly right: string;
  readonly wrong: string;
  /** 0 to 1: how likely small errs. */
  readonly hardness: number;
  /** What small's distribution of the first token says, nats. */
  readonly value: number;
  readonly tokens: number;
}

interface MadeProblem extends Problem {
  readonly answer: string;
  readonly cluster: string;
  readonly steps: readonly MadeStep[];
  /** Of a large model's mistake, by arm: drawn once, so that arms share their luck. */
  readonly luck: readonly number[];
}

/** Word problems of twelve kinds; some of their steps are hard, and the signal half knows which. */
export function madeProblems(count: number, seed = 1): readonly MadeProblem[] {
  const generator = xoroshiro128plus(seed);
  const unit = () => uniformFloat64(generator);
  const whole = (from: number, to: number) => uniformInt(generator, from, to);
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 12;
    const [goods, name] = [GOODS[kind % 6] ?? "", NAMES[whole(0, 5)] ?? ""];
    const [crates, each, given] = [whole(3, 12), whole(11, 60), whole(5, 30)];
    const [all, left] = [crates * each, crates * each - given];
    const texts = [
      [`${name} has ${crates} crates.`, `${name} has ${crates + 1} crates.`],
      [`One crate holds ${each} ${goods}.`, `One crate holds ${each} crates.`],
      [
        `Then ${crates} crates hold ${crates} * ${each} = ${all} ${goods}.`,
        `Then ${crates} crates hold ${crates} * ${each} = ${all - 10} ${goods}.`,
      ],
      [
        `${given} are given away, so ${all} - ${given} = ${left} are left.`,
        `${given} are given away, so ${all} + ${given} = ${all + given} are left.`,
      ],
    ] as const;
    return {
      id: `crates-${String(index + 1).padStart(3, "0")}`,
      cluster: `kind ${kind + 1}`,
      prompt: `${name} has ${crates} crates with ${each} ${goods} each and gives ${given} away. How many ${goods} are left?`,
      answer: String(left),
      steps: texts.map(([right, wrong], step) => {
        const hardness = (step < 2 ? 0.03 : 0.22) * (1 + (kind % 3) * 0.5);
        const value = Math.min(2.99, -Math.log(1 - unit()) * (0.35 + hardness * 2.2));
        return { right, wrong, hardness, value, tokens: 8 + whole(0, 12) };
      }),
      luck: Array.from({ length: 16 }, unit),
    };
  });
}

/** One reply of each arm to each problem, problem by problem. */
export function* madeRecords(
  problems: readonly MadeProblem[],
  arms = MADE_ARMS,
): Generator<EvalRecord> {
  for (const [index, problem] of problems.entries()) {
    for (const arm of arms) yield madeRecord(problem, arm, index);
  }
}

function madeRecord(problem: MadeProblem, arm: string, index: number): EvalRecord {
  const isAlone = arm === "large" || arm === "small" || arm === "small-thought";
  const steps = problem.steps.map((step, at) => madeStep(problem, step, at, arm));
  const status = statusOf(arm, index);
  const isRight = status === "ok" && steps.every(({ isWrong }) => !isWrong);
  const large = steps.filter(({ step }) => step.route === "large");
  const tokensOf = (some: typeof steps) => some.reduce((sum, { step }) => sum + step.tokens, 0);
  const talk = arm === "large" ? 1.3 : 1;
  const largeTokens = arm === "small" ? 0 : Math.round(tokensOf(large) * talk) + 9;
  const answer = isRight ? problem.answer : String(Number(problem.answer) + 10);
  return {
    v: 1,
    key: `${arm}/${problem.id}/0`,
    problem: problem.id,
    cluster: problem.cluster,
    arm,
    repeat: 0,
    atOnce: 1,
    startedAt: index * 2_000,
    status,
    score: isRight ? 1 : 0,
    extracted: status === "ok" ? answer : null,
    why: status === "unparsed" ? "no number behind the last line" : null,
    ms: 900 + largeTokens * 40 + tokensOf(steps) * 9,
    msToAnswer: 800 + largeTokens * 38,
    requests: { small: isAlone ? 1 : 1 + large.length, large: 1 + large.length },
    usage: {
      small: madeUsage(tokensOf(steps) - tokensOf(large), large.length),
      large: madeUsage(largeTokens, 0),
    },
    cost: null,
    speculation: null,
    stopReason: status === "truncated" ? "budget" : "closed",
    surprise: arm === "small" ? surpriseOf(problem) : null,
    ...(isAlone
      ? alone(steps.map(({ step }) => step))
      : {
          interventionRate: large.length / steps.length,
          largeShare: tokensOf(large) / tokensOf(steps),
          handoffs: large.length,
          steps: steps.map(({ step }) => step),
          thought: null,
        }),
    answer: status === "truncated" ? "" : `${answer} are left.`,
    error: status === "error" ? { reason: "server", message: "HTTP 503: overloaded" } : null,
  };
}

function madeUsage(output: number, discarded: number) {
  return { input: 120, cached: 80, output, discarded, estimated: false };
}

/** Not routed: the thought is one text. */
function alone(steps: readonly EvalStep[]) {
  const thought = steps.map(({ text }) => text).join("");
  return { interventionRate: null, largeShare: null, handoffs: null, steps: [], thought };
}

function surpriseOf({ steps }: MadeProblem): number {
  return steps.reduce((sum, { value }) => sum + value, 0) / steps.length / 3;
}

function statusOf(arm: string, index: number): EvalRecord["status"] {
  if (arm === "routed" && index % 29 === 7) return "truncated";
  if (arm === "small" && index % 17 === 3) return "unparsed";
  return arm === "once" && index === 20 ? "error" : "ok";
}

function madeStep(problem: MadeProblem, made: MadeStep, at: number, arm: string) {
  const isLarge = handsOver(problem, made, at, arm);
  const luck = problem.luck[at + (isLarge ? 4 : 0)] ?? 0;
  const isWrong = luck < (isLarge ? 0.035 : made.hardness);
  const written = `${isWrong ? made.wrong : made.right}\n\n`;
  const small = { route: "small" as const, tokens: made.tokens, ms: made.tokens * 9, from: 0 };
  const token = written.split(" ")[0] ?? "";
  const step: EvalStep = {
    step: at + 1,
    route: isLarge ? "large" : "small",
    end: at === problem.steps.length - 1 ? "close" : "boundary",
    tokens: made.tokens,
    ms: made.tokens * (isLarge ? 40 : 9),
    text: written,
    parts: [isLarge ? { ...small, route: "large", ms: made.tokens * 40 } : small],
    decisions: [
      {
        point: "stepStart",
        value: made.value,
        token,
        at: 0,
        route: isLarge ? "large" : "small",
        candidates: [
          [token, 1 - made.value / 4],
          [" So", made.value / 8],
          ["\n", made.value / 12],
        ],
      },
    ],
  };
  return { step, isWrong };
}

function handsOver(
  { luck, steps }: MadeProblem,
  { value }: MadeStep,
  at: number,
  arm: string,
): boolean {
  const [kind, rate, seed] = arm.split(":");
  if (kind === "large") return true;
  if (kind === "first-steps") return at < Number(rate);
  if (kind === "once") return steps.slice(0, at + 1).some((step) => step.value > MADE_TAU);
  if (kind === "random") {
    return ((luck[8 + at] ?? 0) + Number(seed) * 0.37) % 1 < Number(rate);
  }
  return kind?.startsWith("routed") === true && value > MADE_TAU;
}
