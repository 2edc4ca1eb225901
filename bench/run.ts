/**
 * Runs the benchmarks and prints their tables.
 *
 *     npm run bench                     all of them
 *     npm run bench -- http             those whose name begins with "http"
 *     npm run bench -- --write          also puts the tables into docs/benchmarks.md
 *     npm run bench -- --markdown       prints them as Markdown
 *     npm run bench -- NAME --against REF [--rounds 30]
 *                                       this tree against the commit REF: fails where it is slower
 *     npm run bench -- soak [--seconds 300] [--chains 1000]
 *     npm run bench -- speculation-servers [--rounds 12]
 *                                       take minutes, and are run only by their whole names
 */
import { parseArgs } from "node:util";
import { benchAgainst } from "./against/against.js";
import { COMPARABLE } from "./against/compared-readings.js";
import { LEAST_ROUNDS } from "./against/ratio-interval.js";
import { buildTrees } from "./against/tree.js";
import type { Bench, BenchResult, BenchSettings } from "./bench.js";
import { boxOf, markdownOf, targetTable } from "./bench-table.js";
import { embedded } from "./embedded/embedded.js";
import { calibration } from "./evaluation/calibration.js";
import { evaluation } from "./evaluation/evaluation.js";
import { clientCpu } from "./http/client-cpu.js";
import { fairQueue } from "./http/fair-queue.js";
import { fusedAgainstProbe } from "./http/fused-against-probe.js";
import { longLivedSignal } from "./http/long-lived-signal.js";
import { manyChains } from "./http/many-chains.js";
import { manyReplicas } from "./http/many-replicas.js";
import { manyStreams } from "./http/many-streams.js";
import { serve } from "./http/serve.js";
import { describeMachine } from "./machine.js";
import { outage } from "./outage/outage.js";
import { points } from "./points/points.js";
import { report } from "./report/report.js";
import { longThought } from "./router-cost/long-thought.js";
import { routerCost } from "./router-cost/router-cost.js";
import { soak } from "./soak/soak.js";
import { speculationServers } from "./speculation/servers/speculation-servers.js";
import { speculation } from "./speculation/speculation.js";
import { asyncVerification } from "./verification/async.js";
import { verification } from "./verification/verification.js";
import { warm } from "./warm/warm.js";
import { writeBlock } from "./write-block.js";

const BENCHES: readonly Bench[] = [
  routerCost,
  longThought,
  embedded,
  fusedAgainstProbe,
  clientCpu,
  manyChains,
  manyStreams,
  manyReplicas,
  serve,
  longLivedSignal,
  points,
  verification,
  asyncVerification,
  speculation,
  warm,
  speculationServers,
  report,
  calibration,
  evaluation,
  soak,
  outage,
  fairQueue,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    markdown: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    against: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    chains: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const ROUNDS_AGAINST = 30;

/** @throws Error listing the names where one is unknown */
function chosenBenches(names: readonly string[]): readonly Bench[] {
  const unknown = names.find((name) => !BENCHES.some((bench) => isCalled(bench, name)));
  if (unknown !== undefined) throw new Error(`No bench is called ${unknown}.\n${benchList()}`);
  if (names.length === 0) return BENCHES.filter(({ isLong }) => isLong !== true);
  return BENCHES.filter((bench) => names.some((name) => isCalled(bench, name)));
}

/** A long one is not run by the beginning of its name. */
function isCalled({ name, isLong }: Bench, given: string): boolean {
  return isLong === true ? name === given : name.startsWith(given);
}

function benchList(): string {
  return BENCHES.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join("\n");
}

/** @throws Error on what is no number above 0 */
function settings(): BenchSettings {
  const given = (["seconds", "chains", "rounds"] as const).flatMap((name) => {
    const text = values[name];
    if (text === undefined) return [];
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`--${name} is ${text}; it must be a whole number above 0.`);
    }
    return [[name, value]];
  });
  return Object.fromEntries(given);
}

async function runBench(bench: Bench): Promise<void> {
  const machine = describeMachine();
  console.log(`\n== ${bench.name}: ${bench.about}\n${machine}\n`);
  const { tables, targets } = await bench.run(settings());
  const all = targets.length === 0 ? tables : [...tables, targetTable(targets)];
  console.log(all.map(values.markdown ? markdownOf : boxOf).join("\n"));
  if (values.write)
    await writeBlock(bench.name, `${machine}.\n\n${all.map(markdownOf).join("\n")}`, bench.page);
}

/** Prints PASS or FAIL: is this tree no slower than `ref`? */
async function runAgainst(benches: readonly Bench[], ref: string): Promise<void> {
  const names = benches.map(({ name }) => name).filter((name) => COMPARABLE.includes(name));
  if (names.length === 0)
    throw new Error(`Against an old tree can be run: ${COMPARABLE.join(", ")}.`);
  const rounds = Number(values.rounds ?? ROUNDS_AGAINST);
  if (!Number.isSafeInteger(rounds) || rounds < LEAST_ROUNDS) {
    throw new Error(`--rounds is ${values.rounds}; an interval needs ${LEAST_ROUNDS} or more.`);
  }
  const trees = await buildTrees(ref);
  const results: BenchResult[] = [];
  for (const name of names) {
    console.log(`\n== ${name} against ${ref} (${trees.commit})\n${describeMachine()}\n`);
    const result = await benchAgainst(name, trees, rounds);
    console.log([...result.tables, targetTable(result.targets)].map(boxOf).join("\n"));
    results.push(result);
  }
  const passed = results.every(({ targets }) => targets.every(({ met }) => met));
  console.log(
    passed ? "PASS: no slower than before." : "FAIL: slower than before, or too noisy to tell.",
  );
  if (!passed) process.exitCode = 1;
}

// tsx has stack traces mapped to the sources, which makes every abort dear; users run what was built.
process.setSourceMapsEnabled(false);
const { against } = values;
if (values.help) console.log(`Benchmarks:\n${benchList()}`);
else if (against !== undefined) await runAgainst(chosenBenches(positionals), against);
else for (const bench of chosenBenches(positionals)) await runBench(bench);
// Servers and models of a bench are closed by it; kept-alive connections of the SDK are not.
process.exit();
