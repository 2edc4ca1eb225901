import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { evaluate } from "../../../src/eval/run/evaluate.js";
import type { EvaluateOptions } from "../../../src/eval/run/evaluate-options.js";
import { plannedPair, plannedProblems } from "../planned-pair.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type Options, run } from "./run-planned.js";

describe("a run's folder", () => {
  it("has the run, the problems and the records; the same call goes on", async () => {
    const work = await temporaryFolder();
    const pair = plannedPair();
    const options: Options = { ...pair, arms: ["large", "routed"], work, source: "a.jsonl" };
    const given = {
      ...options,
      problems: plannedProblems(4),
      checker: "number",
    } as EvaluateOptions;
    const first: EvalRecord[] = [];
    for await (const record of evaluate(given)) {
      first.push(record);
      if (first.length === 3) break;
    }
    const before = pair.large.requests;
    const rest = await run(options);
    expect(first.length + rest.length).toBeGreaterThanOrEqual(8);
    const lines = (await readFile(join(work, "records.jsonl"), "utf8")).trim().split("\n");
    const keys = lines.map((line) => JSON.parse(line).key);
    expect(keys).toHaveLength(8);
    expect(new Set(keys).size).toBe(8);
    expect(pair.large.requests).toBeGreaterThan(before);
    expect(await run(options)).toEqual([]);
    const problems = (await readFile(join(work, "problems.jsonl"), "utf8")).trim().split("\n");
    expect(problems.map((line) => JSON.parse(line))).toEqual(plannedProblems(4));
    const file = JSON.parse(await readFile(join(work, "run.json"), "utf8"));
    expect(file).toMatchObject({
      mode: "quality",
      checker: "number",
      data: { source: "a.jsonl", n: 4, clusters: 2, skipped: 0 },
      primary: { arm: "routed", margin: 0.02, alpha: 0.05 },
      models: { small: { name: "planned", server: "planned" } },
    });
    await expect(run({ ...options, problems: plannedProblems(5) })).rejects.toThrow(
      "field `data.sha256`",
    );
    await expect(run({ ...options, threshold: 0.5 })).rejects.toThrow("field `arms.1.about`");
  });

  it("is left in order by a reader who leaves: nothing is under way any more", async () => {
    const pair = plannedPair({ large: { delayMs: 5 } });
    const given = {
      ...pair,
      problems: plannedProblems(20),
      checker: "number",
      concurrency: 4,
    } as const;
    for await (const _record of evaluate({ ...given, arms: ["large"] })) break;
    expect([pair.large.underWay, pair.small.underWay]).toEqual([0, 0]);
    expect(pair.large.mostUnderWay).toBe(4);
    expect(pair.large.requests).toBeLessThan(10);
  });

  it("is left in order by an abort", async () => {
    const pair = plannedPair({ large: { delayMs: 5 } });
    const controller = new AbortController();
    const stopped = run({
      ...pair,
      arms: ["large"],
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
    expect(pair.large.underWay).toBe(0);
  });
});

describe("the greedy cache", () => {
  it("lets arms share what was written, and changes no reply", async () => {
    const arms = ["small-thought", "routed", "once", "random:0.5:0", "random:0.5:1"];
    const without = plannedPair({ small: { temperature: 1 }, large: { temperature: 1 } });
    const withIt = plannedPair();
    const strip = (records: readonly EvalRecord[]) =>
      records
        .map(({ ms: _ms, msToAnswer: _to, startedAt: _at, steps, ...rest }) => ({
          ...rest,
          steps: steps.map(({ ms: _step, parts, ...step }) => ({
            ...step,
            parts: parts.map(({ ms: _part, ...part }) => part),
          })),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    const problems = plannedProblems(6);
    const plain = await run({ ...without, arms, problems });
    const cached = await run({ ...withIt, arms, problems });
    expect(strip(cached)).toEqual(strip(plain));
    expect(withIt.small.requests).toBeLessThan(without.small.requests / 2);
    expect(withIt.large.requests).toBeLessThan(without.large.requests / 2);
  });

  it("is not asked for an A/A, for a repeat, or with a temperature", async () => {
    const requests = async (options: Options, temperature: number) => {
      const pair = plannedPair({ small: { temperature }, large: { temperature } });
      await run({ ...pair, problems: plannedProblems(1), ...options });
      return pair.large.requests;
    };
    expect(await requests({ arms: ["routed"] }, 0)).toBe(2);
    expect(await requests({ arms: ["routed", "routed-again"] }, 0)).toBe(4);
    expect(await requests({ arms: ["routed"], repeats: 2 }, 0)).toBe(4);
    expect(await requests({ arms: ["routed", "random:1:0"] }, 0)).toBeLessThan(5);
    expect(await requests({ arms: ["routed", "random:1:0"] }, 1)).toBe(5);
  });
});

describe("mode latency", () => {
  it("has one reply under way, arms in turns forwards and backwards, then several at once", async () => {
    const pair = plannedPair({ large: { delayMs: 1 }, small: { delayMs: 1 } });
    const order: string[] = [];
    const most: number[] = [];
    const records = await run({
      ...pair,
      mode: "latency",
      arms: ["large", "routed"],
      atOnce: [1, 3],
      problems: plannedProblems(3),
      onProgress: ({ record: { arm, problem, atOnce } }) => {
        order.push(`${atOnce} ${arm} ${problem}`);
        most.push(pair.large.mostUnderWay);
      },
    });
    expect(order.slice(0, 6)).toEqual([
      "1 large p1",
      "1 routed p1",
      "1 routed p2",
      "1 large p2",
      "1 large p3",
      "1 routed p3",
    ]);
    expect(most[5]).toBe(1);
    expect(most.at(-1)).toBe(3);
    expect(records).toHaveLength(12);
    expect(records.every(({ ms, startedAt }) => ms > 0 && startedAt > 1e12)).toBe(true);
    expect(
      records
        .filter(({ arm }) => arm === "large")
        .every(({ msToAnswer, ms }) => msToAnswer !== null && msToAnswer <= ms),
    ).toBe(true);
  });
});

describe("options that cannot be", () => {
  it.each<[Options, string]>([
    [{ repeats: 0 }, "Option `repeats` of evaluate cannot be 0."],
    [{ mode: "fast" as never }, 'Option `mode` of evaluate cannot be "fast".'],
    [{ margin: 2 }, "Option `margin` of evaluate cannot be 2."],
    [{ prices: { small: {} } as never }, "Option `prices` of evaluate cannot be"],
    [{ chekcer: "number" } as never, "Did you mean `checker`?"],
    [{ problems: [] }, "There is no problem to evaluate on."],
    [{ problems: [{ id: "a", prompt: "q1" }] }, 'Problem "a" has no `answer`'],
    [
      { problems: [...plannedProblems(1), ...plannedProblems(1)] },
      'Two problems have the id "p1".',
    ],
    [{ threshold: 7 }, "threshold"],
    [
      { primary: "routd", arms: ["large", "routed"] },
      'Option `primary` of evaluate cannot be "routd". Give one of: large, routed.',
    ],
  ])("%j", async (options, message) => {
    const pair = plannedPair();
    await expect(run({ ...pair, ...options })).rejects.toThrow(message);
    expect(pair.small.requests + pair.large.requests).toBe(0);
  });
});
