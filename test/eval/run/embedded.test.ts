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
});
