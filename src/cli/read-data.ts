import type { Problem } from "../eval/problems/problem.js";
import type { ExampleSource } from "../eval/problems/read-langsmith.js";
import { readProblems } from "../eval/problems/read-problems.js";
import { embeddedProblems } from "./embedded-problems.js";
import type { EvalArguments } from "./eval-arguments.js";
import { embeddedPairName } from "./load-pair.js";
import { show, writeAside } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** What a command line's data set holds. */
export interface ReadData {
  readonly problems: readonly Problem[];
  /** What it is called in `run.json`. */
  readonly source: string;
  /** Lines that were left out. */
  readonly skipped: number;
}

/**
 * All problems of the data set, whatever the limit: a bad line is refused before anything is paid for.
 *
 * @throws DataError naming file, line and field
 */
export async function readData(
  asked: Pick<EvalArguments, "data" | "pair" | "limit" | "skipInvalid"> & {
    readonly checker: EvalArguments["checker"] | undefined;
  },
): Promise<ReadData> {
  const { data, limit, skipInvalid, checker } = asked;
  if (data === undefined) {
    const pair = embeddedPairName(asked.pair);
    const problems = await embeddedProblems(pair);
    return { problems: problems.slice(0, limit), source: `embedded:${pair}`, skipped: 0 };
  }
  let skipped = 0;
  const client = data.startsWith("langsmith:") ? await langSmithClient() : undefined;
  const problems: Problem[] = [];
  const read = readProblems(data, {
    skipInvalid,
    client,
    requireAnswer: typeof checker === "string",
    onInvalid: ({ message }) => {
      skipped++;
      writeAside(show`left out: ${message}\n`);
    },
  });
  for await (const problem of read) problems.push(problem);
  return { problems: problems.slice(0, limit), source: data, skipped };
}

/** Key and address are langsmith's own to find. */
async function langSmithClient(): Promise<ExampleSource> {
  try {
    const { Client } = await import("langsmith");
    return new Client();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError("A dataset of LangSmith needs langsmith. Run: npm install langsmith");
  }
}
