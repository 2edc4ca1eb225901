import { AIMessage } from "@langchain/core/messages";
import { Client } from "langsmith";
import { evaluate as evaluateWithLangSmith } from "langsmith/evaluation";
import { describe, expect, it, onTestFinished } from "vitest";
import { glimpRouterEvaluators } from "../../../src/eval/langsmith/evaluators.js";
import { toLangSmith } from "../../../src/eval/langsmith/to-langsmith.js";
import { readProblems } from "../../../src/eval/problems/read-problems.js";
import { readRun } from "../../../src/eval/run/read-run.js";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { startFakeExperiments } from "../../servers/fake-langsmith-experiments.js";
import { plannedPair, plannedProblems } from "../planned-pair.js";
import { run } from "../run/run-planned.js";
import { temporaryFolder } from "../temporary-folder.js";

async function langSmith() {
  const server = await startFakeExperiments();
  onTestFinished(() => server.close());
  const client = new Client({ apiUrl: server.url, apiKey: "none", autoBatchTracing: true });
  return { server, client };
}

describe("toLangSmith", () => {
  it("tells a run as one experiment per arm, from recorded replies: no model is asked again", async () => {
    const { server, client } = await langSmith();
    const work = await temporaryFolder();
    const pair = plannedPair({
      large: { fail: (question) => (question === "q3" ? new Error("boom") : undefined) },
    });
    const prices = { small: { input: 1, output: 2 }, large: { input: 10, output: 100 } };
    const records = await run({ ...pair, work, arms: ["large", "routed"], prices, concurrency: 1 });
    const asked = pair.small.requests + pair.large.requests;

    const told = await toLangSmith(await readRun(work), { client, dataset: "sums" });

    expect(server.violations).toEqual([]);
    expect(pair.small.requests + pair.large.requests).toBe(asked);
    const dataset = server.datasets.get("sums");
    expect(
      dataset?.examples.map(({ inputs, outputs, metadata }) => [inputs, outputs, metadata]),
    ).toEqual(
      plannedProblems(4).map(({ id, prompt, answer, cluster }) => [
        { prompt },
        { answer },
        { problem: id, cluster },
      ]),
    );
    const sessions = server.sessions.map(({ name, reference_dataset_id, extra, end_time }) => ({
      name: String(name).split(" ")[0],
      reference_dataset_id,
      arm: (extra as { metadata: { arm: string } }).metadata.arm,
      ended: typeof end_time,
    }));
    expect(sessions).toEqual(
      ["large", "routed"].map((arm) => ({
        name: arm,
        reference_dataset_id: dataset?.id,
        arm,
        ended: "string",
      })),
    );
    expect(
      told.map(({ arm, replies, url }) => [
        arm,
        replies,
        url.includes("/compare?selectedSessions="),
      ]),
    ).toEqual([
      ["large", 4, true],
      ["routed", 4, true],
    ]);
    expect(server.runs).toHaveLength(8);
    for (const record of records) {
      const problem = plannedProblems(4).find(({ id }) => id === record.problem);
      const traced = server.runs.find(({ extra, name }) => {
        const { metadata } = extra as { metadata: { problem: string } };
        return metadata.problem === record.problem && name === record.arm;
      });
      expect(traced).toMatchObject({
        inputs: { prompt: problem?.prompt },
        outputs: { answer: record.answer },
        start_time: Math.floor(record.startedAt),
      });
      const example = dataset?.examples.find(({ id }) => id === traced?.reference_example_id);
      expect(example?.metadata?.problem).toBe(record.problem);
      expect(traced?.error).toBe(
        record.error === null ? undefined : `server: ${record.error.message}`,
      );
      const feedback = Object.fromEntries(
        server.feedback
          .filter(({ run_id }) => run_id === traced?.id)
          .map(({ key, score }) => [key, score]),
      );
      const rounded = (score: number | null) =>
        score === null ? undefined : Math.round(score * 1e4) / 1e4;
      expect(feedback).toEqual(
        JSON.parse(
          JSON.stringify({
            correct: record.score,
            largeShare: rounded(record.largeShare),
            interventionRate: rounded(record.interventionRate),
            cost: rounded(record.cost),
          }),
        ),
      );
    }
  });

  it("finds the examples of a dataset that is there, by their ids where the problems came from it", async () => {
    const { server, client } = await langSmith();
    const ids = server.addDataset("mine", [
      { inputs: { question: "q1" }, outputs: { answer: 1 } },
      { inputs: { question: "q2" }, outputs: { answer: 2 } },
    ]);
    const problems = readProblems("langsmith:mine", { client });
    const work = await temporaryFolder();
    const records = await run({ work, problems, arms: ["large"] });
    expect(records.map(({ problem }) => problem).sort()).toEqual([...ids].sort());
    expect(records.map(({ score }) => score)).toEqual([1, 1]);
    await toLangSmith(await readRun(work), { client, dataset: "mine" });
    expect(server.violations).toEqual([]);
    expect(server.runs.map(({ reference_example_id }) => reference_example_id).sort()).toEqual(
      [...ids].sort(),
    );
    expect(server.datasets.get("mine")?.examples).toHaveLength(2);
  });

  it("refuses a dataset without the run's problems", async () => {
    const { server, client } = await langSmith();
    server.addDataset("other", [{ inputs: { question: "?" } }]);
    const work = await temporaryFolder();
    await run({ work, arms: ["large"] });
    await expect(toLangSmith(await readRun(work), { client, dataset: "other" })).rejects.toThrow(
      'The dataset "other" has none of the problems',
    );
  });
});

describe("glimpRouterEvaluators, in langsmith's own evaluate", () => {
  it("judge the router's message", async () => {
    const { server, client } = await langSmith();
    server.addDataset("sums", [
      { inputs: { question: "q1" }, outputs: { answer: 1 } },
      { inputs: { question: "q2" }, outputs: { answer: 5 } },
    ]);
    const router = new GlimpRouterChatModel({ ...plannedPair() });
    const prices = { small: { input: 0, output: 0 }, large: { input: 0, output: 1e6 } };
    const results = await evaluateWithLangSmith(
      ({ question }: { question: string }) => router.invoke(question) as never,
      {
        data: "sums",
        client,
        evaluators: glimpRouterEvaluators({ checker: "number", prices }),
        disableEvaluatorTracing: true,
      },
    );
    const scores = results.results.map(({ example, evaluationResults }) => [
      example.inputs.question,
      Object.fromEntries(evaluationResults.results.map(({ key, score }) => [key, score])),
    ]);
    expect(scores).toEqual([
      [
        "q1",
        {
          correct: 1,
          largeShare: expect.any(Number),
          interventionRate: 0.5,
          cost: expect.any(Number),
        },
      ],
      [
        "q2",
        {
          correct: 0,
          largeShare: expect.any(Number),
          interventionRate: 0.5,
          cost: expect.any(Number),
        },
      ],
    ]);
    const { largeShare = 0, cost = 0 } = (scores[0]?.[1] ?? {}) as Record<string, number>;
    expect(largeShare).toBeGreaterThan(0.2);
    expect(largeShare).toBeLessThan(1);
    expect(Number.isInteger(cost)).toBe(true);
    expect(cost).toBeGreaterThan(3);
  });

  it("say unparsed where no answer is read, and nothing of routing where there was none", async () => {
    const [correct, share] = glimpRouterEvaluators({ checker: "number" }) as unknown as ((
      given: object,
    ) => unknown)[];
    const given = {
      inputs: { question: "2 + 2?" },
      referenceOutputs: { answer: 4 },
      example: { id: "e" },
    };
    const outputs = { message: new AIMessage("no idea") };
    expect(await correct?.({ ...given, outputs })).toEqual({
      key: "correct",
      score: 0,
      comment: "unparsed: there is no number in the answer",
    });
    expect(await share?.({ ...given, outputs })).toEqual({ key: "largeShare", score: null });
    expect(await correct?.({ ...given, outputs: { answer: "It is 4." } })).toEqual({
      key: "correct",
      score: 1,
    });
  });
});
