/**
 * Measures one tree in a process of its own: `node main.mjs ENTRY BENCH BASE_URL`. Two trees in one process would
 * share compiled code and garbage.
 */
import { pathToFileURL } from "node:url";
import { comparedReadings } from "./compared-readings.js";
import type { MeasureOrder, ProcessNote } from "./process-notes.js";

const [entry = "", bench = "", baseURL = ""] = process.argv.slice(2);
const tree = await import(pathToFileURL(entry).href);
const readings = comparedReadings(bench).map(({ connect }) =>
  connect(tree, { baseURL, client: bench }),
);

async function measure({ reading, times }: MeasureOrder): Promise<ProcessNote> {
  const read = readings[reading];
  if (read === undefined) throw new Error(`No reading ${reading} in ${bench}.`);
  let [tokens, characters] = [0, 0];
  const begin = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const reply = await read();
    tokens += reply.tokens;
    characters += reply.characters;
  }
  const { user, system } = process.cpuUsage(begin);
  return { type: "measured", microsecondsPerToken: (user + system) / tokens, characters };
}

process.on("message", (order: MeasureOrder) => {
  measure(order).then(
    (note) => process.send?.(note),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ type: "ready" } satisfies ProcessNote);
