import { describe, expect, it } from "vitest";
import { judgeStep } from "../../src/router/judge-step.js";
import { likelihoodJudge } from "../../src/router/likelihood-judge.js";
import type { ScoredText, StepWriter } from "../../src/router/step-writer.js";
import { startThought } from "../../src/router/thought-state.js";

const OPENING = {
  kind: "scripted",
  data: null,
  opensThought: true,
  promptTokens: 10,
  contextSize: null,
} as const;
const STEP = { thought: "One.\n\n", step: "Two.\n\n", tokens: 6 };

function judging(scored: Partial<ScoredText> | null, fields: Partial<StepWriter> = {}) {
  const asked: unknown[] = [];
  const writer: StepWriter = {
    kind: "scripted",
    open: async () => OPENING,
    write: () => {
      throw new Error("A likelihood needs no word of the model's.");
    },
    ...(scored === null
      ? {}
      : {
          scorePrompt: async (_from, thought, text, how) => {
            asked.push({ thought, text, how });
            return { tokens: [], ...scored };
          },
        }),
    ...fields,
  };
  const judge = likelihoodJudge("large", { writer, opening: OPENING, maxContext: 15 });
  return { asked, judge: () => judge(STEP, new AbortController().signal) };
}

function tokens(...logprobs: readonly (number | null)[]) {
  return logprobs.map((logprob) => ({ token: "x", logprob, top: [] }));
}

describe("a model as judge by likelihood", () => {
  it("its value is the mean of -log p over the step's tokens, in nats", async () => {
    const usage = { input_tokens: 16, output_tokens: 0 };
    const { asked, judge } = judging({ tokens: tokens(-1, -3, 0), usage });
    expect(await judge()).toEqual({
      value: expect.closeTo(4 / 3),
      asked: { role: "large", ...usage, cached_tokens: null, estimated: false },
    });
    expect(asked).toEqual([{ thought: STEP.thought, text: STEP.step, how: { topLogprobs: 0 } }]);
  });

  it("an impossible token is much doubt, and still a number; without a report the cost is estimated", async () => {
    const { judge } = judging({ tokens: tokens(Number.NEGATIVE_INFINITY, 1e-7) });
    expect(await judge()).toEqual({
      value: expect.closeTo(9999 / 2),
      asked: {
        role: "large",
        input_tokens: 16,
        cached_tokens: null,
        output_tokens: 0,
        estimated: true,
      },
    });
  });

  it.each([
    ["no token", { tokens: [] }],
    ["a token without a log-probability", { tokens: tokens(-1, null) }],
    ["one that is no number", { tokens: tokens(-1, Number.NaN) }],
  ])("%s is no verdict", async (_name, scored) => {
    await expect(judging(scored).judge()).rejects.toThrow(/no log-probability of each/);
  });

  it("a writer that cannot is no judge", async () => {
    await expect(judging(null).judge()).rejects.toThrow("kind scripted cannot score");
  });

  it("one that reads all anew is not asked beyond maxContext", async () => {
    const anew = judging({ tokens: tokens(-1) }, { scoresAnew: true });
    await expect(anew.judge()).rejects.toThrow(
      "the server would read all 16 tokens anew, and verify.maxContext is 15",
    );
    expect(anew.asked).toEqual([]);
  });
});

it("a judge that hangs is late, and what it was asked for is given up", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const writer = {
    kind: "scripted",
    open: async () => OPENING,
    write: () => {
      throw new Error("never asked");
    },
    scorePrompt: (...[, , , , signal]: Parameters<NonNullable<StepWriter["scorePrompt"]>>) => {
      signals.push(signal);
      return new Promise<never>(() => undefined);
    },
  };
  const verify = {
    by: "likelihood",
    threshold: 1,
    when: "always",
    onFailure: "accept",
    timeoutMs: 20,
  } as const;
  const judge = likelihoodJudge("large", { writer, opening: OPENING, maxContext: 100 });
  const state = startThought({ small: OPENING, large: OPENING });
  const verdict = await judgeStep(verify, judge, state, { now: () => 0 });
  expect(verdict).toEqual({ value: null, failed: "no judgement within 20 ms", ms: 0 });
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
});
