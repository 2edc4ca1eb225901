import { v7 } from "@langchain/core/utils/uuid";
import type { Client } from "langsmith";
import { GlimpRouterError } from "../../errors.js";
import type { EvalRecord } from "../records/eval-record.js";
import type { RunFile } from "../records/run-file.js";
import type { ReadRun } from "../run/read-run.js";
import { type DatasetClient, type ProblemDataset, problemDataset } from "./dataset-examples.js";
import { feedbackOf, toTracedRun } from "./traced-reply.js";

/** Of langsmith's client, what a run is told through. */
export type ExperimentClient = DatasetClient &
  Pick<
    Client,
    | "createProject"
    | "updateProject"
    | "createRun"
    | "createFeedback"
    | "awaitPendingTraceBatches"
    | "getDatasetUrl"
  >;

export interface ToLangSmithOptions {
  /** langsmith's own `Client`. */
  readonly client: ExperimentClient;
  /** The dataset's name; it is made of the run's problems where there is none. */
  readonly dataset: string;
}

/** One arm, as an experiment of LangSmith. */
export interface ArmExperiment {
  readonly arm: string;
  readonly name: string;
  /** Where it is compared with the others. */
  readonly url: string;
  /** Replies that were told. */
  readonly replies: number;
}

/** Replies that wait to be sent. */
const AT_ONCE = 200;

/**
 * Tells LangSmith of a run: an experiment for each arm, from the RECORDED replies; no model is asked again. Each reply has
 * its score, large's share, the rate of interventions and its cost as feedback.
 *
 * @param run - what `readRun` has read
 * @throws GlimpRouterError `invalid_input` where the dataset has none of the run's problems
 */
export async function toLangSmith(
  { run, records, problems }: Pick<ReadRun, "run" | "records" | "problems">,
  { client, dataset: name }: ToLangSmithOptions,
): Promise<readonly ArmExperiment[]> {
  const dataset = await problemDataset(client, name, problems());
  const experiments = new Map<string, Experiment>();
  let waiting = 0;
  for await (const record of records()) {
    const example = dataset.examples.get(record.problem);
    if (example === undefined) continue;
    const { arm } = record;
    const known = experiments.get(arm) ?? (await beginExperiment(client, run, dataset, arm));
    experiments.set(arm, known);
    await tell(client, record, known, example);
    known.replies++;
    if (++waiting % AT_ONCE === 0) await client.awaitPendingTraceBatches();
  }
  if (experiments.size === 0) {
    throw new GlimpRouterError(
      `The dataset ${JSON.stringify(name)} has none of the problems of the run ${run.id}.`,
      { reason: "invalid_input" },
    );
  }
  await client.awaitPendingTraceBatches();
  return endExperiments(client, dataset, experiments);
}

interface Experiment {
  readonly id: string;
  readonly name: string;
  replies: number;
}

async function beginExperiment(
  client: ExperimentClient,
  { id: run, arms, repeats, models, data, primary }: RunFile,
  dataset: ProblemDataset,
  arm: string,
): Promise<Experiment> {
  const about = arms.find((each) => each.arm === arm);
  const name = `${arm} ${run.slice(0, 8)}`;
  const { id } = await client.createProject({
    projectName: name,
    upsert: true,
    referenceDatasetId: dataset.id,
    numRepetitions: repeats,
    description: about?.about ?? arm,
    metadata: {
      arm,
      run,
      settings: about?.settings ?? null,
      small: models.small.name,
      large: models.large.name,
      problems: data.n,
      is_primary: primary.arm === arm,
    },
  });
  return { id, name, replies: 0 };
}

async function tell(
  client: ExperimentClient,
  record: EvalRecord,
  { id: sessionId, name }: Experiment,
  example: { readonly id: string; readonly inputs: Record<string, unknown> },
): Promise<void> {
  const runId = v7();
  await client.createRun({
    ...toTracedRun(record, runId),
    inputs: example.inputs,
    reference_example_id: example.id,
    project_name: name,
  });
  for (const { key, score, comment } of feedbackOf(record)) {
    await client.createFeedback({ runId, traceId: runId, sessionId, key, score, ...comment });
  }
}

async function endExperiments(
  client: ExperimentClient,
  { id: datasetId }: ProblemDataset,
  experiments: ReadonlyMap<string, Experiment>,
): Promise<readonly ArmExperiment[]> {
  const endTime = new Date().toISOString();
  const dataset = await client.getDatasetUrl({ datasetId });
  const told: ArmExperiment[] = [];
  for (const [arm, { id, name, replies }] of experiments) {
    await client.updateProject(id, { endTime });
    told.push({ arm, name, replies, url: `${dataset}/compare?selectedSessions=${id}` });
  }
  return told;
}
