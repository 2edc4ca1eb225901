import { type RatioInterval, ratioInterval } from "../against/ratio-interval.js";
import type { Bench, BenchResult } from "../bench.js";
import type { BenchTable, Target } from "../bench-table.js";
import { median, sum } from "../statistics.js";
import {
  agreement,
  expectedSpeedUp,
  judgingTimes,
  timeAt,
  tokensPerJudgement,
} from "./expectation.js";
import { type Answered, loadWays, type Way } from "./ways.js";
import { type WordProblem, wordPair, wordProblems } from "./word-models.js";

const PROBLEMS = 100;
const WARM_UPS = 2;
/** Where small finds so many of large's tokens likeliest, too, a draft should save a quarter. */
const AGREES = 0.7;
const MOST_OF_LARGE = 0.75;
const JUDGED = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Speculative decoding beside routing, in this process. */
export const speculation: Bench = {
  name: "speculation",
  about: "large and routed, with and without a draft, on the pair in words: text, acceptance, time",
  async run() {
    const problems = await wordProblems(PROBLEMS);
    const ways = await loadWays();
    const answered = await answerAll(ways, problems);
    for (const way of ways) await way.dispose();
    return await resultOf(problems, answered);
  },
};

type ByWay = ReadonlyMap<string, readonly Answered[]>;

/** Each problem in all ways before the next, the order turning: what slows the machine down slows all of them. */
async function answerAll(ways: readonly Way[], problems: readonly WordProblem[]): Promise<ByWay> {
  const answered = new Map(ways.map(({ name }) => [name, [] as Answered[]]));
  const warmUps = problems.slice(-WARM_UPS);
  for (const way of ways) for (const { prompt } of warmUps) await way.answer(prompt);
  for (const [index, { prompt }] of problems.entries()) {
    for (const turn of ways.keys()) {
      const way = ways[(index + turn) % ways.length];
      if (way !== undefined) answered.get(way.name)?.push(await way.answer(prompt));
    }
  }
  return answered;
}

async function resultOf(problems: readonly WordProblem[], answered: ByWay): Promise<BenchResult> {
  const of = (name: string) => answered.get(name) ?? [];
  const over = (name: string, other: string) => ratioOver(of(name), of(other));
  const pair = await wordPair();
  const texts = problems.map(({ prompt }, at) => ({ prompt, text: of("large")[at]?.text ?? "" }));
  const agrees = await agreement(pair, texts);
  await pair.dispose();
  const drafted = over("large + draft", "large");
  const composed = [over("routed + draft", "routed"), over("routed + draft", "large + draft")];
  return {
    tables: [waysTable(problems, answered), await expectationTable(answered, agrees, drafted)],
    targets: [
      sameText("large + draft", "large", answered),
      sameText("large + lookup", "large", answered),
      sameText("routed + draft", "routed", answered),
      {
        what: `large + draft / large, where small agrees on ${AGREES * 100} % of large's tokens (here ${(agrees * 100).toFixed(0)} %)`,
        target: `<= ${MOST_OF_LARGE}`,
        measured: told(drafted),
        met: drafted.ratio <= MOST_OF_LARGE,
      },
      {
        what: "routed + draft below routed, and below large + draft",
        target: "< 1, < 1",
        measured: composed.map(told).join("; "),
        met: composed.every(({ high }) => high < 1),
      },
    ],
  };
}

function waysTable(problems: readonly WordProblem[], answered: ByWay): BenchTable {
  const rows = [...answered].map(([name, replies]) => {
    const [drafts, right] = [speculationOf(replies), rightOf(replies, problems)];
    return [
      name,
      `${right} of ${problems.length}`,
      (sum(replies.map(({ tokens }) => tokens)) / replies.length).toFixed(1),
      drafts.drafted === 0 ? "" : (drafts.drafted / replies.length).toFixed(1),
      drafts.drafted === 0 ? "" : (drafts.accepted / drafts.drafted).toFixed(3),
      median(replies.map(({ ms }) => ms)).toFixed(0),
      name === "large" ? "1" : told(ratioOver(replies, answered.get("large") ?? [])),
    ];
  });
  return {
    title: `${problems.length} problems of the pair in words, greedy, one after the other, all ways in turns`,
    columns: [
      "",
      "right",
      "tokens by the model",
      "drafted",
      "accepted",
      "ms a reply, median",
      "ms / large's",
    ],
    rows,
  };
}

/** What the measured figures let expect of large + draft, with judging for free and as dear as it is here. */
async function expectationTable(
  answered: ByWay,
  agrees: number,
  drafted: RatioInterval,
): Promise<BenchTable> {
  const [large, small] = ["large", "small"].map((name) => perToken(answered.get(name) ?? []));
  const replies = answered.get("large + draft") ?? [];
  const told = speculationOf(replies);
  const judgements = sum(replies.map(({ tokens }) => tokens)) - told.accepted;
  const n = told.drafted / judgements;
  const a = told.accepted / told.drafted;
  const c = (small ?? Number.NaN) / (large ?? Number.NaN);
  const times = await judgingTimes(JUDGED);
  const v = timeAt(times, n + 1) / timeAt(times, 1);
  const row = (name: string, value: number, digits = 2) => [name, value.toFixed(digits)];
  return {
    title: "Why: large + draft",
    columns: ["", ""],
    rows: [
      row("large's tokens that small finds likeliest, too", agrees, 3),
      row("a: accepted of the drafted", a, 3),
      row("n: drafted for a judgement", n),
      row("c: a token of small / of large", c),
      row("tokens a judgement, (1 - a^(n+1)) / (1 - a)", tokensPerJudgement(a, n)),
      row("tokens a judgement, counted", (judgements + told.accepted) / judgements),
      ...[2, 4, 9].map((count) =>
        row(`judging ${count} tokens / one`, timeAt(times, count) / timeAt(times, 1)),
      ),
      row(
        "time / large's expected, were judging as cheap as writing one: (1 + n c) / tokens",
        1 / expectedSpeedUp(a, n, c),
      ),
      row("the same with judging n + 1 as dear as here", 1 / expectedSpeedUp(a, n, c, v)),
      row("measured", drafted.ratio),
    ],
  };
}

function speculationOf(replies: readonly Answered[]): Answered["speculation"] {
  return {
    drafted: sum(replies.map(({ speculation: { drafted } }) => drafted)),
    accepted: sum(replies.map(({ speculation: { accepted } }) => accepted)),
  };
}

function sameText(name: string, other: string, answered: ByWay): Target {
  const others = answered.get(other) ?? [];
  const replies = answered.get(name) ?? [];
  const same = replies.filter(({ text }, index) => text === others[index]?.text).length;
  return {
    what: `${name}: the text of ${other}`,
    target: `${replies.length} of ${replies.length}`,
    measured: `${same} of ${replies.length}`,
    met: same === replies.length,
  };
}

function rightOf(replies: readonly Answered[], problems: readonly WordProblem[]): number {
  return replies.filter(({ text }, at) => text.includes(`\\boxed{${problems[at]?.answer}}`)).length;
}

function perToken(replies: readonly Answered[]): number {
  return median(replies.map(({ ms, tokens }) => ms / tokens));
}

function ratioOver(replies: readonly Answered[], others: readonly Answered[]): RatioInterval {
  return ratioInterval(replies.map(({ ms }, index) => ms / (others[index]?.ms ?? Number.NaN)));
}

function told({ ratio, low, high }: RatioInterval): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
