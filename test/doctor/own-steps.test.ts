import { describe, expect, it } from "vitest";
import { judgeOwnSteps, rejectedShare } from "../../src/doctor/judge-own-steps.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import { type ScriptedModel, scriptedThought } from "../servers/script/scripted-model.js";
import { spreadLogprobs } from "../servers/script/spread-logprobs.js";
import { fakeLlamacpp } from "../writers/llamacpp/llamacpp-setup.js";
import { chatOpenAI, fakeVllm, SCRIPT } from "../writers/vllm/vllm-setup.js";

/** Writes the scripted thought, and rates the step that a rating line stands behind. */
function rating(rate: (prompt: string) => string): ScriptedModel {
  const written = scriptedThought(SCRIPT);
  return (prompt) => {
    if (!prompt.endsWith(": [")) return written(prompt);
    const text = rate(prompt);
    return [{ text, top: spreadLogprobs(text, 0.01) }];
  };
}

async function pairOf(ofLarge: Partial<FakeVllmOptions>, ofSmall: Partial<FakeVllmOptions> = {}) {
  const [small, large] = [await fakeVllm(ofSmall), await fakeVllm(ofLarge)];
  return { small, large, models: { small: chatOpenAI(small), large: chatOpenAI(large) } };
}

describe("the share of LARGE's own steps that a judge rejects", () => {
  it("by score: large rates what it wrote, and the share falls with the threshold", async () => {
    const { small, large, models } = await pairOf({
      model: rating((prompt) => (prompt.includes("it is four") ? "9" : "3")),
    });
    const report = await judgeOwnSteps({ ...models, by: "score", questions: ["2+2?", "2+3?"] });
    expect(report).toMatchObject({ by: "score", questions: 2, failed: [] });
    const rated = [6 / 9, 6 / 9, 0];
    expect(report.values).toHaveLength(6);
    for (const [index, value] of report.values.entries()) {
      expect(value).toBeCloseTo(rated[index % 3] ?? Number.NaN, 1);
    }
    expect([0.2, 0.7, 1].map((threshold) => rejectedShare(report, threshold))).toEqual([
      2 / 3,
      0,
      0,
    ]);
    expect(small.to("/v1/completions")).toEqual([]);
    const judged = large.to("/v1/completions").filter(({ prompt }) => prompt?.endsWith(": ["));
    expect(judged).toHaveLength(6);
  });

  it("by self: small rates what large wrote", async () => {
    const { small, models } = await pairOf({}, { model: rating(() => "8") });
    const report = await judgeOwnSteps({ ...models, by: "self", questions: ["2+2?"] });
    expect(report.values).toHaveLength(3);
    expect(small.to("/v1/completions")).toHaveLength(3);
  });

  it("by likelihood: what a model writes greedily is likely", async () => {
    const { models } = await pairOf({});
    const report = await judgeOwnSteps({ ...models, by: "likelihood", questions: ["2+2?"] });
    expect(report.values).toHaveLength(3);
    expect(rejectedShare(report, 1)).toBe(0);
    expect(rejectedShare(report, 0)).toBe(1);
  });

  it("a judge that says nothing of use: none is judged, and why", async () => {
    const { models } = await pairOf({});
    const report = await judgeOwnSteps({ ...models, by: "score", questions: ["2+2?"] });
    expect(report.values).toEqual([]);
    expect(report.failed).toHaveLength(3);
    expect(report.failed[0]).toMatch(/no rating from 0 to 9/);
    expect(rejectedShare(report, 0.5)).toBeNaN();
  });

  it("a large model that cannot be the judge is refused before anything is asked", async () => {
    const large = await fakeLlamacpp();
    const models = { small: chatOpenAI(await fakeVllm()), large: chatOpenAI(large) };
    await expect(judgeOwnSteps({ ...models, by: "likelihood" })).rejects.toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining('"llamacpp"'),
    });
    expect(large.requests.filter(({ path }) => /completion/.test(path))).toEqual([]);
  });

  it("an abort ends it", async () => {
    const { models } = await pairOf({});
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(judgeOwnSteps({ ...models, by: "score", signal })).rejects.toThrow(
      "no longer wanted",
    );
  });
});
