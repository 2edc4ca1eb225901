import { ratioInterval } from "../../against/ratio-interval.js";
import type { BenchTable, Target } from "../../bench-table.js";
import { median, sum } from "../../statistics.js";
import { expectedSpeedUp, tokensPerJudgement } from "../expectation.js";
import type { WordProblem } from "../word-models.js";
import type { ServerArm, ServerReply } from "./arms.js";
import type { Rounds } from "./rounds.js";

/** What was measured at one number of replies at once, on one kind of server. */
export interface Measured {
  readonly title: string;
  readonly atOnce: number;
  readonly rounds: Rounds;
}

/** Latency and throughput of all arms, each against large alone in the same rounds. */
export function armsTable(
  { title, atOnce, rounds }: Measured,
  arms: readonly ServerArm[],
  problems: readonly WordProblem[],
): BenchTable {
  const blocks = (name: string) => rounds.get(name) ?? [];
  const replies = (name: string) => blocks(name).flatMap((block) => block.replies);
  const base = blocks("large");
  const answers = new Map(problems.map(({ answer }, at) => [at, answer]));
  const rows = arms.map(({ name, sameAs }) => {
    const mine = replies(name);
    const drafts = draftsOf(mine);
    const perSecond = blocks(name).map((block) => (block.replies.length / block.ms) * 1000);
    return [
      name,
      shareText(mine.filter(({ text }, at) => isRight(text, answers, at)).length, mine.length),
      sameAs === undefined ? "" : shareText(sameTexts(mine, replies(sameAs)), mine.length),
      mean(mine.map(({ usage }) => usage.large.output)),
      mean(mine.map(({ requests }) => requests.small + requests.large)),
      drafts.drafted === 0 ? "" : mean([drafts.drafted / mine.length]),
      drafts.drafted === 0 ? "" : (drafts.accepted / drafts.drafted).toFixed(3),
      median(mine.map(({ ms }) => ms)).toFixed(0),
      ratioText(blocks(name), base, latencyOf),
      median(perSecond).toFixed(2),
      ratioText(blocks(name), base, throughputOf),
    ];
  });
  return {
    title: `${title}, ${atOnce} at once: ${base.length} rounds of ${base[0]?.replies.length ?? 0} problems`,
    columns: [
      "",
      "right",
      "the same text",
      "tokens by large",
      "requests",
      "drafted",
      "accepted",
      "ms a reply, median",
      "of large's",
      "replies a second",
      "of large's",
    ],
    rows,
  };
}

type Block = NonNullable<ReturnType<Rounds["get"]>>[number];

function latencyOf({ replies }: Block): number {
  return median(replies.map(({ ms }) => ms));
}

function throughputOf({ replies, ms }: Block): number {
  return replies.length / ms;
}

/** What the formula lets expect of a draft where judging is as cheap as writing one token, and what was measured. */
export function expectationTable({ title, rounds }: Measured): BenchTable {
  const replies = (name: string) => (rounds.get(name) ?? []).flatMap((block) => block.replies);
  const c = perToken(replies("small"), "small") / perToken(replies("large"), "large");
  const rows = ["draft", "n-grams"].map((by) => {
    const mine = replies(`large + ${by}`);
    const { drafted, accepted } = draftsOf(mine);
    const judgements = sum(mine.map(({ usage }) => usage.large.output)) - accepted;
    const [a, n] = [accepted / drafted, drafted / judgements];
    const share = by === "draft" ? c : 0;
    const measured = perToken(mine, "large") / perToken(replies("large"), "large");
    const tokens = 1 + accepted / judgements;
    return [
      by,
      a.toFixed(3),
      n.toFixed(2),
      share.toFixed(2),
      tokensPerJudgement(a, n).toFixed(2),
      tokens.toFixed(2),
      (1 / expectedSpeedUp(a, n, share)).toFixed(2),
      measured.toFixed(2),
      (measured * tokens - n * share).toFixed(2),
    ];
  });
  return {
    title: `${title}: what to expect of large with a draft, one reply at a time`,
    columns: [
      "",
      "a: accepted of the drafted",
      "n: drafted a judgement",
      "c: a token of small / of large",
      "tokens a judgement, (1 - a^(n+1)) / (1 - a)",
      "counted",
      "time / large's, expected: (1 + n c) / tokens",
      "measured",
      "so a judgement costs, in tokens of large",
    ],
    rows,
  };
}

/** Speculation promises the same greedy text: looked at where nothing is batched with it. */
export function textTargets({ title, rounds }: Measured, arms: readonly ServerArm[]): Target[] {
  const replies = (name: string) => (rounds.get(name) ?? []).flatMap((block) => block.replies);
  return arms.flatMap(({ name, sameAs }) => {
    if (sameAs === undefined) return [];
    const mine = replies(name);
    const same = sameTexts(mine, replies(sameAs));
    return [
      {
        what: `${title}, one at a time: ${name} has text and routes of ${sameAs}`,
        target: `${mine.length} of ${mine.length}`,
        measured: `${same} of ${mine.length}`,
        met: same === mine.length,
      },
    ];
  });
}

/** Replies whose text and routes are those of the other arm. */
function sameTexts(mine: readonly ServerReply[], others: readonly ServerReply[]): number {
  return mine.filter(({ text, routes }, at) => {
    const other = others[at];
    return text === other?.text && routes.join() === other.routes.join();
  }).length;
}

export function draftsOf(replies: readonly ServerReply[]): { drafted: number; accepted: number } {
  return {
    drafted: sum(replies.map(({ speculation }) => speculation?.drafted ?? 0)),
    accepted: sum(replies.map(({ speculation }) => speculation?.accepted ?? 0)),
  };
}

function perToken(replies: readonly ServerReply[], role: "small" | "large"): number {
  return median(replies.map(({ ms, usage }) => ms / usage[role].output));
}

function ratioText(
  blocks: readonly Block[],
  base: readonly Block[],
  value: (block: Block) => number,
): string {
  if (blocks === base) return "1";
  const { ratio, low, high } = ratioInterval(
    blocks.map((block, round) => value(block) / value(base[round] ?? block)),
  );
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** Rounds go through the problems again and again. */
function isRight(text: string, answers: ReadonlyMap<number, number>, at: number): boolean {
  return text.includes(`\\boxed{${answers.get(at % answers.size)}}`);
}

function shareText(count: number, of: number): string {
  return `${count} of ${of}`;
}

function mean(values: readonly number[]): string {
  return (sum(values) / values.length).toFixed(1);
}
