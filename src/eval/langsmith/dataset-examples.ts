import type { Client } from "langsmith";
import type { KVMap } from "langsmith/schemas";
import type { Problem } from "../problems/problem.js";

/** Of langsmith's client, what datasets need. */
export type DatasetClient = Pick<
  Client,
  "hasDataset" | "readDataset" | "createDataset" | "createExamples" | "listExamples"
>;

/** A problem's example. */
export interface ProblemExample {
  readonly id: string;
  readonly inputs: KVMap;
}

/** A dataset of LangSmith, with the example of each problem that it has. */
export interface ProblemDataset {
  readonly id: string;
  /** By the problem's id. */
  readonly examples: ReadonlyMap<string, ProblemExample>;
}

/** The dataset of that name; made of the problems where there is none. */
export async function problemDataset(
  client: DatasetClient,
  name: string,
  problems: AsyncIterable<Problem>,
): Promise<ProblemDataset> {
  const isThere = await client.hasDataset({ datasetName: name });
  const { id } = isThere
    ? await client.readDataset({ datasetName: name })
    : await client.createDataset(name, { description: "Problems of an evaluation of GlimpRouter" });
  if (!isThere) await addExamples(client, id, problems);
  const examples = new Map<string, ProblemExample>();
  for await (const example of client.listExamples({ datasetId: id })) {
    const { problem } = (example.metadata ?? {}) as { problem?: unknown };
    const key = typeof problem === "string" ? problem : example.id;
    examples.set(key, { id: example.id, inputs: example.inputs });
  }
  return { id, examples };
}

/** Examples of one request: a body has a limit. */
const AT_ONCE = 100;

async function addExamples(
  client: DatasetClient,
  dataset: string,
  problems: AsyncIterable<Problem>,
): Promise<void> {
  let waiting: ReturnType<typeof exampleOf>[] = [];
  for await (const problem of problems) {
    waiting.push(exampleOf(problem, dataset));
    if (waiting.length < AT_ONCE) continue;
    await client.createExamples(waiting);
    waiting = [];
  }
  await client.createExamples(waiting);
}

function exampleOf({ id, prompt, answer = null, cluster = id }: Problem, dataset: string) {
  return {
    dataset_id: dataset,
    inputs: { prompt },
    outputs: { answer },
    metadata: { problem: id, cluster },
  };
}
