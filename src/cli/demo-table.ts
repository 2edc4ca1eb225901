import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { RoutingRecord } from "../router/route-trace.js";
import { percent } from "./paint-reply.js";
import { tableOf } from "./table.js";
import { layOut, type Shown, show, shown, tint } from "./terminal.js";

/** A problem of a demo, with its answer. */
export interface DemoProblem {
  readonly prompt: string;
  readonly answer: number;
}

/** What one way of answering did over all problems. */
export interface Tally {
  readonly name: string;
  right: number;
  ms: number;
  records: RoutingRecord[];
}

/** @param modelFor - of a problem, by its number */
export async function tally(
  name: string,
  problems: readonly DemoProblem[],
  modelFor: (problem: number) => BaseChatModel,
): Promise<Tally> {
  const result: Tally = { name, right: 0, ms: 0, records: [] };
  for (const [problem, { prompt, answer }] of problems.entries()) {
    const start = performance.now();
    const message = await modelFor(problem).invoke(prompt);
    result.ms += performance.now() - start;
    if (message.text.includes(`\\boxed{${answer}}`)) result.right++;
    const record = message.response_metadata.glimprouter as RoutingRecord | undefined;
    if (record !== undefined) result.records.push(record);
  }
  return result;
}

const HEAD = ["", "right", "steps by large", "tokens by large", "requests", "ms a problem"];

/** As a table where it fits into a line, else as lists. */
export function resultsOf(tallies: readonly Tally[], problems: number, width: number): Shown {
  const rows = tallies.map((each) => rowOf(each, problems));
  const table = tableOf([HEAD, ...rows].map((row) => row.map((cell) => shown(cell))));
  if (table.text.indexOf("\n") <= width) return table;
  const lists = rows.map(([name = "", ...cells]) => {
    const lines = cells.map((cell, index) => show`  ${HEAD[index + 1] ?? ""}: ${cell}`);
    return layOut([tint("bold", name), ...lines], (texts) => texts.join("\n"));
  });
  return layOut(lists, (texts) => texts.join("\n"));
}

function rowOf({ name, right, ms, records }: Tally, problems: number): readonly string[] {
  const alone = name.startsWith("large") ? "all" : "none";
  return [
    name,
    `${right} of ${problems}`,
    records.length === 0 ? alone : percent(mean(records.map((r) => r.interventionRate))),
    records.length === 0 ? alone : percent(mean(records.map((r) => r.largeShare))),
    String(records.length === 0 ? problems : requestsOf(records)),
    (ms / problems).toFixed(0),
  ];
}

/** Those beside the thought included, of a judge or a watch: they are the price of what is compared. */
export function requestsOf(records: readonly RoutingRecord[]): number {
  const counts: readonly number[] = records.flatMap(({ requests }) => Object.values(requests));
  return counts.reduce((sum, each) => sum + each, 0);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
