/**
 * Runs the benchmarks and prints their tables.
 *
 *     npm run bench                     all of them
 *     npm run bench -- http             those whose name begins with "http"
 *     npm run bench -- --write          also puts the tables into docs/benchmarks.md
 *     npm run bench -- --markdown       prints them as Markdown
 */
import { parseArgs } from "node:util";
import type { Bench } from "./bench.js";
import { boxOf, markdownOf, targetTable } from "./bench-table.js";
import { embedded } from "./embedded/embedded.js";
import { clientCpu } from "./http/client-cpu.js";
import { fusedAgainstProbe } from "./http/fused-against-probe.js";
import { longLivedSignal } from "./http/long-lived-signal.js";
import { manyChains } from "./http/many-chains.js";
import { describeMachine } from "./machine.js";
import { routerCost } from "./router-cost/router-cost.js";
import { writeBlock } from "./write-block.js";

const BENCHES: readonly Bench[] = [
  routerCost,
  embedded,
  fusedAgainstProbe,
  clientCpu,
  manyChains,
  longLivedSignal,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    markdown: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** @throws Error listing the names where one is unknown */
function chosenBenches(names: readonly string[]): readonly Bench[] {
  const unknown = names.find((name) => !BENCHES.some((bench) => bench.name.startsWith(name)));
  if (unknown !== undefined) throw new Error(`No bench is called ${unknown}.\n${benchList()}`);
  if (names.length === 0) return BENCHES;
  return BENCHES.filter((bench) => names.some((name) => bench.name.startsWith(name)));
}

function benchList(): string {
  return BENCHES.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join("\n");
}

async function runBench(bench: Bench): Promise<void> {
  const machine = describeMachine();
  console.log(`\n== ${bench.name}: ${bench.about}\n${machine}\n`);
  const { tables, targets } = await bench.run();
  const all = targets.length === 0 ? tables : [...tables, targetTable(targets)];
  console.log(all.map(values.markdown ? markdownOf : boxOf).join("\n"));
  if (values.write)
    await writeBlock(bench.name, `${machine}.\n\n${all.map(markdownOf).join("\n")}`);
}

// tsx has stack traces mapped to the sources, which makes every abort dear; users run what was built.
process.setSourceMapsEnabled(false);
if (values.help) console.log(`Benchmarks:\n${benchList()}`);
else for (const bench of chosenBenches(positionals)) await runBench(bench);
// Servers and models of a bench are closed by it; kept-alive connections of the SDK are not.
process.exit();
