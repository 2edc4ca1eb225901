import { readFile } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Problem } from "../../../src/eval/problems/problem.js";
import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { embeddedPair } from "../../../src/local/index.js";
import { run } from "./run-planned.js";

/** The pairs' own held-out problems, those that come first. */
async function heldOut(file: string, count: number): Promise<Problem[]> {
  const text = await readFile(new URL(`../../../models/${file}`, import.meta.url), "utf8");
  const problems: readonly { prompt: string; answer: number }[] = JSON.parse(text);
  return problems
    .slice(0, count)
    .map(({ prompt, answer }, at) => ({ id: String(at), prompt, answer }));
}

const toldOf = ({ arm, problem, answer, score, steps, requests, usage }: EvalRecord) => ({
  arm,
  problem,
  answer,
  score,
  tokens: [usage.small.output, usage.large.output],
  requests,
  steps: steps.map(({ route, text, decisions }) => ({
    route,
    text,
    decisions: decisions.map(({ point, token, at, value, candidates }) => ({
      point,
      token,
      at,
      // Of a batch with others an engine's last digits differ.
      value: value?.toFixed(2),
      likeliest: candidates[0]?.[0],
    })),
  })),
});

describe("the embedded pairs", () => {
  it.each([
    ["tape", "problems.json", 2],
    ["words", "words-problems.json", 1],
  ] as const)("%s: what arms share changes no reply", async (name, file, count) => {
    const { small, large, threshold, glimpseAt, dispose } = await embeddedPair({ pair: name });
    onTestFinished(dispose);
    // Repeats are written anew, one after the other: nothing of them is shared.
    const records = await run({
      ...{ small, large, threshold, glimpseAt },
      problems: await heldOut(file, count),
      checker: "boxed",
      arms: ["small-thought", "routed", "once", "first-steps:3", "early-exit", "routed-again"],
      repeats: 2,
      concurrency: 1,
    });
    const [shared, anew] = [0, 1].map((repeat) =>
      records.filter((record) => record.repeat === repeat).map(toldOf),
    );
    expect(shared).toHaveLength(6 * count);
    expect(shared).toEqual(anew);
    expect(records.every(({ status }) => status !== "error")).toBe(true);
  });

  it("the words' large with its small ahead of it: the same texts, and how much was taken", async () => {
    const { small, large, threshold, glimpseAt, dispose } = await embeddedPair({ pair: "words" });
    const drafted = await embeddedPair({ pair: "words", draft: "small" });
    onTestFinished(async () => {
      await dispose();
      await drafted.dispose();
    });
    const records = await run({
      ...{ small, large, threshold, glimpseAt, draftedLarge: drafted.large },
      problems: await heldOut("words-problems.json", 2),
      checker: "boxed",
      arms: ["large", "large-draft", "routed", "routed-draft"],
    });
    const texts = (arm: string) =>
      records
        .filter((record) => record.arm === arm)
        .map(({ thought, steps, answer }) => [thought, steps.map(({ text }) => text), answer]);
    expect(texts("large-draft")).toEqual(texts("large"));
    expect(texts("routed-draft")).toEqual(texts("routed"));
    const taken = records.map(({ arm, speculation }) => [arm, (speculation?.accepted ?? 0) > 0]);
    expect(new Map(taken as [string, boolean][])).toEqual(
      new Map([
        ["large", false],
        ["large-draft", true],
        ["routed", false],
        ["routed-draft", true],
      ]),
    );
  });
});
