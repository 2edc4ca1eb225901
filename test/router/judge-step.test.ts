import { describe, expect, it } from "vitest";
import { judgeStep, ratingJudge } from "../../src/router/judge-step.js";
import type { StepWriter, WriteOptions, Written } from "../../src/router/step-writer.js";
import { startThought } from "../../src/router/thought-state.js";
import { bare, end } from "./tokens.js";

const OPENING = {
  kind: "scripted",
  data: null,
  opensThought: true,
  promptTokens: 10,
  contextSize: null,
} as const;
const STEP = { thought: "One.\n\n", step: "Two.\n\n", tokens: 6 };

/** A model that is asked once. */
function asked(...items: readonly Written[]) {
  const requests: { readonly thought: string; readonly how: WriteOptions }[] = [];
  const writer: StepWriter = {
    kind: "scripted",
    open: async () => OPENING,
    async *write(_from, thought, how) {
      requests.push({ thought, how });
      yield* items;
    },
  };
  const judge = ratingJudge("large", { writer, opening: OPENING, topLogprobs: 20 });
  return { requests, judge: () => judge(STEP, new AbortController().signal) };
}

function rated(text: string, ...top: readonly (readonly [string, number])[]): Written {
  const candidates = top.map(([token, p]) => ({ token, logprob: Math.log(p) }));
  return { type: "text", text, tokens: [{ token: text, logprob: null, top: candidates }] };
}

describe("a model as judge", () => {
  it("goes on behind a rating line, by one greedy token, and its candidates are the rating", async () => {
    const usage = { input_tokens: 40, output_tokens: 1 };
    const { judge, requests } = asked(rated("9", ["9", 0.5], ["3", 0.5]), end("length", usage));
    expect(await judge()).toEqual({
      value: expect.closeTo(1 - 6 / 9),
      asked: { role: "large", ...usage, cached_tokens: null, estimated: false },
    });
    expect(requests).toEqual([
      {
        thought: "One.\n\nTwo.\n\nRating of the last step, from 0 (wrong) to 9 (right): [",
        how: { maxTokens: 1, topLogprobs: 20, temperature: 0 },
      },
    ]);
  });

  it("without candidates the digit itself counts, and without a report the cost is estimated", async () => {
    const { judge } = asked(bare("6"), end("length"));
    expect(await judge()).toEqual({
      value: expect.closeTo(1 - 6 / 9),
      asked: {
        role: "large",
        input_tokens: 16,
        cached_tokens: null,
        output_tokens: 1,
        estimated: true,
      },
    });
  });

  it.each([
    ["words", [rated("Well", ["Well", 0.9], ["So", 0.1]), end("length")]],
    ["nothing", [end("eos")]],
  ])("%s are no rating", async (_name, items) => {
    await expect(asked(...items).judge()).resolves.toMatchObject({
      value: Number.NaN,
      failed: expect.stringMatching(/^no rating from 0 to 9/),
      // It was paid for.
      asked: { role: expect.any(String), output_tokens: expect.any(Number) },
    });
  });
});

describe("judgeStep", () => {
  const verify = {
    by: "x",
    threshold: 1,
    when: "always",
    onFailure: "accept",
    timeoutMs: 50,
  } as const;
  const state = startThought({ small: OPENING, large: OPENING });
  const now = () => 0;

  it("an abort of the reply is no verdict", async () => {
    const controller = new AbortController();
    const reason = new Error("the caller left");
    const judging = judgeStep(verify, () => new Promise(() => undefined), state, {
      signal: controller.signal,
      now,
    });
    controller.abort(reason);
    await expect(judging).rejects.toBe(reason);
  });

  it("the judge's signal is aborted when it is late, and when it is over", async () => {
    const signals: AbortSignal[] = [];
    const late = await judgeStep(
      verify,
      (_step, signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
      state,
      { now },
    );
    expect(late).toEqual({ value: null, failed: "no judgement within 50 ms", ms: 0 });
    expect(signals[0]?.aborted).toBe(true);
  });

  it("long words of a judge's failure are cut", async () => {
    const failing = () => Promise.reject(new Error("x".repeat(1000)));
    const verdict = await judgeStep(verify, failing, state, { now });
    expect(verdict.failed).toHaveLength(200);
  });
});
