import { describe, expect, it } from "vitest";
import { estimateRun } from "../../../src/eval/run/estimate-run.js";
import type { EvaluateOptions } from "../../../src/eval/run/evaluate-options.js";
import { planRun } from "../../../src/eval/run/plan-run.js";
import { plannedPair, plannedProblems } from "../planned-pair.js";

const planned = (options: Partial<EvaluateOptions>) =>
  planRun({
    ...plannedPair(),
    problems: plannedProblems(100),
    checker: "number",
    arms: ["large", "small", "routed", "random:0.5"],
    ...options,
  } as EvaluateOptions);

describe("an estimate", () => {
  it("takes the first problem's replies for all, and says what the run can see", async () => {
    const prices = { small: { input: 0, output: 0 }, large: { input: 0, output: 1e6 } };
    const pair = plannedPair();
    const plan = await planned({ ...pair, prices });
    const estimate = await estimateRun(plan, 0);
    // Large alone 1, small alone 1, routed as the first problem 3, five times.
    expect(estimate).toMatchObject({ replies: 700, requests: 100 * (1 + 1 + 5 * 3) });
    expect(pair.small.requests + pair.large.requests).toBe(5);
    expect(estimate.tokens).toBeGreaterThan(10_000);
    expect(estimate.money).toBeGreaterThan(100);
    // 2.80 sqrt(.2 / n), n = 100 / (1 + (2 - 1) .1).
    expect(estimate.detectable).toBeCloseTo(2.8016 * Math.sqrt(0.2 / (100 / 1.1)), 4);
    const half = await estimateRun(plan, 350);
    expect(half).toMatchObject({ replies: 350, requests: 850 });
    expect(await estimateRun(plan, 700)).toMatchObject({ replies: 0, requests: 0, tokens: 0 });
  });

  it("ends with a model's own failure where every reply fails", async () => {
    const fail = () => new Error("boom");
    const plan = await planned({ ...plannedPair({ small: { fail }, large: { fail } }) });
    await expect(estimateRun(plan, 0)).rejects.toThrow("The large model failed: boom");
    const one = await planned({ ...plannedPair({ small: { fail } }) });
    expect((await estimateRun(one, 0)).requests).toBeGreaterThan(0);
  });
});
