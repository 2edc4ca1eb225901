import type { Client } from "langsmith";
import type { ReadRow } from "./data-row.js";

/** Of langsmith's client, what is read here. */
export type ExampleSource = Pick<Client, "listExamples">;

/**
 * The examples of a LangSmith dataset: what `inputs` and `outputs` hold are the fields, the example's id is the
 * problem's, unless its metadata names one.
 *
 * @param name - the dataset's
 */
export async function* readLangSmith(
  name: string,
  client: ExampleSource,
): AsyncGenerator<ReadRow, void, void> {
  let line = 0;
  for await (const { id, inputs, outputs, metadata } of client.listExamples({
    datasetName: name,
  })) {
    line++;
    yield { line, fields: { id, ...metadataOf(metadata), ...outputs, ...inputs } };
  }
}

/** LangSmith adds a split of its own. */
function metadataOf(metadata: unknown): Readonly<Record<string, unknown>> {
  const { dataset_split: _split, ...told } = (metadata ?? {}) as Record<string, unknown>;
  return told;
}
