import { describe, expect, it } from "vitest";
import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { gatherReplies } from "../../../src/eval/summary/gather-replies.js";
import { summarise } from "../../../src/eval/summary/summarise.js";
import { recordOf, runOf, usage } from "./simulated-run.js";

const ARMS = ["large", "small", "routed", "random:0.3:1", "random:0.3:2"];

/** Right or wrong at four problems. */
const RIGHT: Readonly<Record<string, readonly number[]>> = {
  large: [1, 1, 1, 0],
  small: [1, 0, 0, 0],
  routed: [1, 1, 0, 0],
  "random:0.3:1": [1, 0, 0, 0],
  "random:0.3:2": [1, 0, 1, 0],
};
const LARGE_TOKENS: Readonly<Record<string, number>> = {
  large: 80,
  small: 0,
  routed: 20,
  "random:0.3:1": 22,
  "random:0.3:2": 26,
};

const RECORDS = ARMS.flatMap((arm) =>
  (RIGHT[arm] ?? []).map((score, index) =>
    recordOf({
      arm,
      problem: `p${index}`,
      score,
      ms: 100 * (index + 1),
      usage: { small: usage(50, 4), large: usage(LARGE_TOKENS[arm] ?? 0, 1) },
    }),
  ),
);

const run = (given = {}) =>
  runOf(ARMS, { data: { source: "", sha256: "", n: 4, clusters: 4, skipped: 0 }, ...given });
const summed = (records: readonly EvalRecord[] = RECORDS, given = {}) =>
  summarise(records, run(given), { draws: 200 });
const armIn = async (name: string, records?: readonly EvalRecord[]) =>
  (await summed(records)).arms.find(({ arm }) => arm === name);

describe("summarise", () => {
  it("gives each arm its accuracy with Wilson's interval, and its cost: large's tokens over large-alone's", async () => {
    // Wilson, 2 of 4: [0.150, 0.850].
    expect(await armIn("routed")).toMatchObject({
      about: "About routed",
      replayed: false,
      n: 4,
      replies: 4,
      accuracy: 0.5,
      lo: expect.closeTo(0.15, 3),
      hi: expect.closeTo(0.85, 3),
      cost: 0.25,
      ms: 250,
      p50: 250,
      p95: expect.closeTo(385, 6),
      smallTokens: 50,
      largeTokens: 20,
      discardedTokens: 5,
      requests: 2,
      money: null,
    });
    expect(await armIn("large")).toMatchObject({ accuracy: 0.75, cost: 1 });
  });

  it("counts errors, truncated and unparsed replies as wrong, and prints them", async () => {
    const status = ["error", "truncated", "unparsed", "ok"] as const;
    const records = RECORDS.map((record, index) =>
      record.arm === "large" ? { ...record, score: 1, status: status[index % 4] ?? "ok" } : record,
    );
    expect(await armIn("large", records)).toMatchObject({
      accuracy: 0.25,
      errors: 1,
      truncated: 1,
      unparsed: 1,
    });
    expect((await summed(records)).notes.join(" ")).toContain("large 75 % of the replies");
  });

  it("counts what a judge generates as large's, and small's where small judges itself", async () => {
    const judged = (arm: string) =>
      recordOf({
        arm,
        problem: "p0",
        usage: { small: usage(50), large: usage(20), verify: usage(6), watch: usage(3) },
        requests: { small: 1, large: 1, verify: 2, watch: 1 },
      });
    const records = [judged("verify-score"), judged("verify-self"), judged("routed")];
    const selfJudged = {
      arms: [{ arm: "routed", about: "", settings: { verify: { by: "self" } } }],
    };
    const { arms } = await summed(records, selfJudged);
    const tokens = arms.map(({ arm, smallTokens, largeTokens }) => [arm, smallTokens, largeTokens]);
    expect(tokens).toEqual([
      ["routed", 59, 20],
      ["verify-score", 53, 26],
      ["verify-self", 59, 20],
    ]);
    expect(arms[0]?.requests).toBe(5);
  });

  it("takes means over repeats first, then over problems; clusters widen the interval", async () => {
    const scores = [
      [1, 1, 1],
      [0, 1, 0],
    ];
    const records = scores.flatMap((each, problem) =>
      each.map((score, repeat) =>
        recordOf({ arm: "small", problem: `p${problem}`, repeat, score }),
      ),
    );
    expect(await armIn("small", records)).toMatchObject({
      n: 2,
      replies: 6,
      accuracy: expect.closeTo(2 / 3, 12),
      // Two clusters: t of one degree of freedom, cut at 0 and 1.
      lo: 0,
      hi: 1,
    });
  });

  it("takes the later of two records with one key", async () => {
    const records = [...RECORDS, recordOf({ arm: "routed", problem: "p2", score: 1 })];
    expect(await armIn("routed", records)).toMatchObject({ replies: 4, accuracy: 0.75 });
  });

  it("compares the primary arm with every other one, the seeds of a rate as one, and every other one with large", async () => {
    const { comparisons } = await summed();
    const told = comparisons.map(({ arm, against, difference, p }) => [
      arm,
      against,
      difference.value,
      p === null ? null : Math.round(p * 1e6) / 1e6,
    ]);
    expect(told).toEqual([
      ["routed", "large", -0.25, 1],
      ["routed", "small", 0.25, 1],
      ["routed", "random:0.3", 0.125, null],
      ["small", "large", -0.5, 0.5],
    ]);
  });

  it("has a verdict against both nulls at the primary arm's cost", async () => {
    const { verdict } = await summed();
    // A coin that gives a quarter to large: .25 + .25 x .5. Chance: 24 tokens reach .375; below it, level.
    expect(verdict?.chord?.value).toBeCloseTo(0.375, 12);
    expect(verdict?.random?.value).toBeCloseTo(0.375, 12);
    expect(verdict).toMatchObject({ says: "undecided", accuracy: 0.5, difference: 0.125 });
    expect(verdict?.more).toBeGreaterThan(10);
  });

  it("says in notes what is missing, and gives no verdict without its arms", async () => {
    const some = RECORDS.filter(({ arm, problem }) => arm === "routed" && problem !== "p3");
    const { verdict, notes, n } = await summed(some, {
      data: { source: "", sha256: "", n: 4, clusters: 4, skipped: 2 },
    });
    expect([verdict, n]).toEqual([null, 3]);
    expect(notes).toEqual([
      "Not run yet: large, small, random:0.3:1, random:0.3:2.",
      "Not complete (4 problems): routed 3.",
      "2 lines of the data were refused and left out.",
      "Without the arm `large` there is no cost.",
      "No verdict: the arm `large` has no reply.",
      "No verdict: the arm `small` has no reply.",
      "No arm of chance was run: the verdict knows one null, the coin per question.",
    ]);
  });

  it("is judged on the problems that all arms have answered, and says so", async () => {
    const some = RECORDS.filter(({ arm, problem }) => arm !== "small" || problem !== "p0");
    const { verdict, notes } = await summed(some);
    // p1 to p3: small 0, large 2 of 3; a coin that gives a quarter to large.
    expect(verdict?.chord?.value).toBeCloseTo(1 / 6, 12);
    expect(notes).toEqual([
      "Not complete (4 problems): small 3.",
      "The verdict is on the 3 problems that all of its arms have answered.",
    ]);
  });

  it("is the same from an iterator that gives records later, and again", async () => {
    async function* slowly() {
      yield* RECORDS;
    }
    expect(await summarise(slowly(), run(), { draws: 200 })).toEqual(await summed());
    expect(await summed([])).toMatchObject({ n: 0, arms: [], verdict: null });
  });
});

describe("gatherReplies", () => {
  it("keeps no text", async () => {
    const long = "x".repeat(10_000);
    const record = {
      ...recordOf({ arm: "routed", problem: "p" }),
      answer: long,
      thought: long,
      extracted: long,
    };
    const { arms } = await gatherReplies([record], run());
    expect(JSON.stringify([...(arms.get("routed") ?? [])])).not.toContain("xx");
  });
});
