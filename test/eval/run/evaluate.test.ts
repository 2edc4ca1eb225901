import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { GlimpRouterError } from "../../../src/index.js";
import { plannedPair, plannedProblems } from "../planned-pair.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type Options, run } from "./run-planned.js";

const scoresOf = (records: readonly EvalRecord[], arm: string) =>
  records
    .filter((record) => record.arm === arm)
    .sort((a, b) => (a.problem < b.problem ? -1 : 1))
    .map(({ score }) => score);

describe("the arms", () => {
  it("answer each problem once, and each as it is named", async () => {
    const records = await run({
      arms: ["default", "probe"],
      rates: [0, 1],
      concurrency: 2,
    });
    const arms = [...new Set(records.map(({ arm }) => arm))];
    const random = [0, 1].flatMap((rate) => [0, 1, 2, 3].map((seed) => `random:${rate}:${seed}`));
    expect(arms).toEqual([
      "large",
      "small",
      "small-thought",
      "routed",
      "routed-again",
      ...random,
      "first-steps:3",
      "once",
      "early-exit",
      "probe",
    ]);
    expect(records).toHaveLength(arms.length * 4);
    expect(new Set(records.map(({ key }) => key)).size).toBe(records.length);
    const right = Object.fromEntries(arms.map((arm) => [arm, scoresOf(records, arm).join("")]));
    expect(right).toEqual({
      large: "1111",
      small: "0101",
      "small-thought": "0101",
      routed: "1111",
      "routed-again": "1111",
      ...Object.fromEntries(
        random.map((arm) => [arm, arm.startsWith("random:1") ? "1111" : "0101"]),
      ),
      "first-steps:3": "1111",
      once: "1111",
      "early-exit": "1111",
      probe: "1111",
    });
  });

  it("say what each cost, and how it came to be", async () => {
    const [large, small, thought, routed] = await run({
      arms: ["large", "small", "small-thought", "routed"],
      problems: plannedProblems(1),
      prices: { small: { input: 1, output: 2 }, large: { input: 10, output: 100 } },
    });
    expect(large).toMatchObject({
      arm: "large",
      status: "ok",
      score: 1,
      extracted: "1",
      requests: { small: 0, large: 1 },
      usage: { small: { output: 0 }, large: { input: 10 } },
      stopReason: "eos",
      thought: "Look at q1.\n\nIt must be 1.",
      answer: "1",
      steps: [],
      interventionRate: null,
      surprise: null,
    });
    const { output } = large?.usage.large ?? { output: 0 };
    expect(large?.cost).toBeCloseTo((10 * 10 + output * 100) / 1e6, 12);
    expect(small).toMatchObject({ score: 0, requests: { small: 1, large: 0 }, answer: "0" });
    // Of every token of its own: those of the script are of entropy .1 and .2, and one of 2.1.
    expect(small?.surprise).toBeGreaterThan(0.01);
    expect(small?.surprise).toBeLessThan(1);
    expect(thought).toMatchObject({
      requests: { small: 1, large: 1 },
      interventionRate: 0,
      answer: "0",
      thought: null,
      stopReason: "closed",
    });
    expect(routed).toMatchObject({
      requests: { small: 1, large: 2 },
      interventionRate: 0.5,
      handoffs: 1,
      answer: "1",
      // The glimpse that went to large.
      usage: { small: { discarded: 1 } },
    });
    expect(routed?.steps.map(({ route, text }) => [route, text])).toEqual([
      ["small", "Look at q1.\n\n"],
      ["large", "It must be 1.\n"],
    ]);
    const [decision] = routed?.steps[1]?.decisions ?? [];
    expect(decision).toMatchObject({ point: "stepStart", token: "It", at: 0, route: "large" });
    expect(decision?.value).toBeCloseTo(2.1, 3);
    expect(decision?.candidates).toHaveLength(5);
    expect(decision?.candidates[0]?.[0]).toBe("It");
    // The decision that changed nothing is kept with its candidates, too.
    expect(routed?.steps[0]?.decisions[0]).toMatchObject({
      route: "small",
      value: expect.closeTo(0.2, 3),
    });
    expect(routed?.steps[0]?.decisions[0]?.candidates).toHaveLength(5);
  });

  it("by chance draw otherwise for each problem, each repeat and each seed, and alike in the next run", async () => {
    const options: Options = {
      arms: ["random:0.5:0", "random:0.5:1"],
      problems: plannedProblems(8),
      repeats: 2,
    };
    const drawn = (records: readonly EvalRecord[]) =>
      records
        .map(({ arm, problem, repeat, steps }) => {
          const routes = steps.map(({ route }) => route[0]).join("");
          return `${arm} ${problem} ${repeat} ${routes}`;
        })
        .sort();
    const first = drawn(await run(options));
    expect(drawn(await run(options))).toEqual(first);
    const routesOf = (arm: string, repeat: number) =>
      first
        .filter((line) => line.startsWith(arm) && line.includes(` ${repeat} `))
        .map((line) => line.split(" ")[3]);
    expect(new Set(routesOf("random:0.5:0", 0)).size).toBeGreaterThan(1);
    expect(routesOf("random:0.5:0", 0)).not.toEqual(routesOf("random:0.5:1", 0));
    expect(routesOf("random:0.5:0", 0)).not.toEqual(routesOf("random:0.5:0", 1));
    expect(drawn(await run({ ...options, seed: 5 }))).not.toEqual(first);
  });

  it("are refused by a name that there is not, before anything is asked", async () => {
    const pair = plannedPair();
    await expect(run({ ...pair, arms: ["routd"] })).rejects.toThrow(
      'There is no arm "routd". Did you mean routed?',
    );
    await expect(run({ ...pair, arms: ["random:2"] })).rejects.toThrow('no arm "random:2"');
    expect(pair.small.requests + pair.large.requests).toBe(0);
  });
});

describe("outcomes of a reply", () => {
  it("truncated where a limit cut the answer, unparsed where none is read, error where a model failed", async () => {
    const truncated = await run({
      arms: ["large", "routed"],
      router: { maxThoughtTokens: 3, maxAnswerTokens: 1 },
    });
    expect(new Set(truncated.map(({ status, score }) => `${status} ${score}`))).toEqual(
      new Set(["truncated 0"]),
    );
    const unparsed = await run({ arms: ["large"], checker: "boxed" });
    expect(unparsed[0]).toMatchObject({
      status: "unparsed",
      score: 0,
      why: "there is no \\boxed{} in the answer",
    });
    const pair = plannedPair({
      large: { fail: (question) => (question === "q2" ? new Error("boom") : undefined) },
    });
    const failed = await run({ ...pair, arms: ["large", "routed"] });
    expect(
      failed
        .filter(({ status }) => status === "error")
        .map(({ arm, problem }) => `${arm} ${problem}`)
        .sort(),
    ).toEqual(["large p2", "routed p2"]);
    const routed = failed.find(({ arm, problem }) => arm === "routed" && problem === "p2");
    // What had been thought, and what it cost, is not lost.
    expect(routed).toMatchObject({
      score: 0,
      error: { reason: "server", message: "The large model failed: boom" },
      steps: [{ text: "Look at q2.\n\n" }],
      requests: { small: 1, large: 1 },
    });
    expect(failed).toHaveLength(8);
  });

  it("a checker that throws ends the run, named with its problem", async () => {
    function grade(): boolean {
      throw new Error("no");
    }
    await expect(run({ arms: ["large"], checker: grade })).rejects.toThrow(
      /^The checker "grade" failed at problem "p\d": no$/,
    );
  });

  it("a model that refuses everything ends the run early; the records before are kept, its own are not", async () => {
    const work = await temporaryFolder();
    const refuse = new GlimpRouterError("Overloaded (503).", {
      reason: "server",
      status: 503,
      role: "large",
    });
    let refused = false;
    const pair = plannedPair({ large: { fail: () => (refused ? refuse : undefined) } });
    const problems = plannedProblems(20);
    const options: Options = { ...pair, problems, arms: ["large", "small"], work, concurrency: 1 };
    const seen: string[] = [];
    const broken = run({
      ...options,
      onProgress: ({ record: { arm, problem } }) => {
        seen.push(`${arm} ${problem}`);
        refused = seen.length >= 4;
      },
    });
    await expect(broken).rejects.toThrow(
      "5 replies in a row failed alike, so the run ends here; what was written before is kept.",
    );
    expect(pair.large.requests).toBeLessThan(10);
    const kept = (await readFile(join(work, "records.jsonl"), "utf8")).trim().split("\n");
    expect(kept).toHaveLength(seen.length);
    expect(kept.some((line) => line.includes('"status":"error"'))).toBe(false);
    refused = false;
    const rest = await run(options);
    expect(rest).toHaveLength(40 - kept.length);
    expect(rest.every(({ status }) => status === "ok")).toBe(true);
  });
});
