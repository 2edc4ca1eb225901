import { describe, expect, it } from "vitest";
import { type CascadeReply, cascadeOver } from "../../../src/eval/summary/cascade.js";
import { gatherReplies } from "../../../src/eval/summary/gather-replies.js";
import { majorityScore } from "../../../src/eval/summary/majority.js";
import { figuresOf } from "../../../src/eval/summary/reply-figures.js";
import { summarise } from "../../../src/eval/summary/summarise.js";
import { recordOf, runOf, usage } from "./simulated-run.js";

const reply = (surprise: number, smallScore: number, largeScore: number): CascadeReply => ({
  cluster: 0,
  share: 1,
  surprise,
  smallScore,
  largeScore,
  smallsLargeTokens: 0,
  largesLargeTokens: 10,
});

describe("cascadeOver", () => {
  const cascade = cascadeOver([
    reply(0.1, 1, 1),
    reply(0.9, 0, 1),
    reply(0.5, 1, 0),
    reply(0.7, 0, 1),
  ]);

  it("lets large answer where small was least sure, as far as the budget goes", () => {
    expect(cascade([1], 0)).toEqual({ score: 2, escalated: 0, largeTokens: 0 });
    expect(cascade([1], 20)).toEqual({ score: 4, escalated: 0.5, largeTokens: 20 });
    // Half a reply at the threshold: the third, which large spoils.
    expect(cascade([1], 25)).toEqual({ score: 3.5, escalated: 0.625, largeTokens: 25 });
  });

  it("spends no more than all of large", () => {
    expect(cascade([1], 1000)).toEqual({ score: 3, escalated: 1, largeTokens: 40 });
  });

  it("counts a cluster as often as its weight says", () => {
    expect(cascade([2], 40)).toEqual({ score: 8, escalated: 0.5, largeTokens: 40 });
    expect(cascade([0], 0).score).toBe(0);
  });
});

describe("majorityScore", () => {
  const vote = (extracted: string | null, score: number, status: "ok" | "unparsed" = "ok") =>
    figuresOf(recordOf({ arm: "small", problem: "p", extracted, score, status }), "large");

  it("is the score of the answer that most repeats have", () => {
    expect(majorityScore([vote("7", 1), vote("8", 0), vote("7", 1)])).toBe(1);
    expect(majorityScore([vote("7", 1), vote("8", 0), vote("8", 0)])).toBe(0);
  });

  it("is a coin between answers that are equally frequent", () => {
    expect(
      majorityScore([vote("7", 1), vote("8", 0), vote("9", 0), vote("7", 1), vote("8", 0)]),
    ).toBe(0.5);
  });

  it("does not count replies that could not be read", () => {
    expect(
      majorityScore([vote(null, 0, "unparsed"), vote(null, 0, "unparsed"), vote("7", 1)]),
    ).toBe(1);
    expect(majorityScore([vote(null, 0, "unparsed")])).toBe(0);
  });
});

describe("the replayed arms of a summary", () => {
  const ARMS = [
    { arm: "small", scores: [1, 0, 0, 0], ms: 100, cost: 1, tokens: [50, 0] },
    { arm: "large", scores: [1, 1, 1, 0], ms: 400, cost: 9, tokens: [0, 80] },
    { arm: "routed", scores: [1, 1, 0, 0], ms: 400, cost: 9, tokens: [0, 20] },
  ] as const;
  const surprises = [0.1, 0.2, 0.9, 0.5];
  const records = ARMS.flatMap(({ arm, scores, ms, cost, tokens: [small, large] }) =>
    scores.map((score, index) =>
      recordOf({
        arm,
        problem: `p${index}`,
        score,
        surprise: surprises[index] ?? null,
        ms,
        cost,
        usage: { small: usage(small), large: usage(large) },
      }),
    ),
  );
  const summed = async (given = records) =>
    new Map(
      (await summarise(given, runOf(["small", "large", "routed"]), { draws: 100 })).arms
        .filter(({ replayed }) => replayed)
        .map((arm) => [arm.arm, arm]),
    );

  it("are what they would have cost, at the primary arm's cost of large", async () => {
    const arms = await summed();
    expect([...arms.keys()]).toEqual(["chord", "cascade"]);
    // A quarter of the questions to large.
    expect(arms.get("chord")).toMatchObject({
      accuracy: 0.375,
      cost: 0.25,
      largeTokens: 20,
      smallTokens: 37.5,
      ms: 175,
      money: 3,
      replies: 0,
      p50: null,
    });
    // The one that small was least sure of, which large has right; small was asked everywhere.
    expect(arms.get("cascade")).toMatchObject({
      accuracy: 0.5,
      cost: 0.25,
      largeTokens: 20,
      smallTokens: 50,
      ms: 200,
      money: 3.25,
    });
  });

  it("have no cascade where small's confidence is not known", async () => {
    const without = records.map((record) => ({ ...record, surprise: null }));
    expect([...(await summed(without)).keys()]).toEqual(["chord"]);
  });

  it("have a majority of three repeats and more, at so many times small's price", async () => {
    const votes = [0, 1, 2].flatMap((repeat) =>
      [0, 1].map((problem) =>
        recordOf({
          arm: "small",
          problem: `p${problem}`,
          repeat,
          score: problem === 0 ? 1 : 0,
          extracted: problem === 0 ? "7" : `${repeat}`,
          usage: { small: usage(50), large: usage(0) },
        }),
      ),
    );
    const majority = (await summed(votes)).get("majority");
    expect(majority).toMatchObject({ n: 2, accuracy: 0.5, smallTokens: 150, ms: 3000 });
    const two = votes.filter(({ repeat }) => repeat < 2);
    expect((await summed(two)).has("majority")).toBe(false);
    expect((await gatherReplies(votes, runOf([]))).arms.size).toBe(1);
  });
});
