/**
 * Measures the embedded pair through the package, on the 300 held-out problems of problems.json, and prints
 * the tables of models/README.md. Greedy, so only the times differ between two runs.
 *
 *     npx tsx models/measure-pair.ts
 */
import { readFile } from "node:fs/promises";
import type { UsageMetadata } from "@langchain/core/messages";
import {
  always,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type RoutingRecord,
  random,
} from "../src/index.js";
import { type EmbeddedPair, embeddedPair, type LocalChatModel } from "../src/local/index.js";

interface Problem {
  readonly prompt: string;
  readonly answer: number;
}

/** What one way of routing did over all problems. */
interface Measured {
  readonly name: string;
  readonly right: number;
  readonly problems: number;
  readonly steps: number;
  readonly byLarge: number;
  readonly requests: number;
  readonly ms: number;
  /** H_init in nats, of every step that had a glimpse. */
  readonly entropies: readonly number[];
}

const RANDOM_SEEDS = [0, 1, 2, 3, 4];
const SPEED_PROBLEMS = 40;

/** In nats; from 1 on as many as H_init of this pair can have. */
const EDGES = [0, 0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 1.25, 1.5, 1.75, 2, 2.25, 3];
const STEPS_PER_MARK = 8;

async function measure(
  name: string,
  pair: EmbeddedPair,
  problems: readonly Problem[],
  fieldsOf: (problem: number) => Partial<GlimpRouterFields>,
): Promise<Measured> {
  const { small, large } = pair;
  const records: RoutingRecord[] = [];
  const begin = performance.now();
  let right = 0;
  for (const [index, { prompt, answer }] of problems.entries()) {
    const router = new GlimpRouterChatModel({ small, large, ...fieldsOf(index) });
    const message = await router.invoke(prompt);
    if (message.text.includes(`\\boxed{${answer}}`)) right++;
    records.push(message.response_metadata.glimprouter as RoutingRecord);
  }
  const ms = performance.now() - begin;
  const steps = records.flatMap((record) => record.steps);
  return {
    name,
    right,
    problems: problems.length,
    steps: steps.length,
    byLarge: steps.filter(({ route }) => route === "large").length,
    requests: records.reduce((sum, { requests }) => sum + requests.small + requests.large, 0),
    ms,
    entropies: steps.flatMap(({ entropy }) => (entropy === null ? [] : [entropy])),
  };
}

/** 95 % interval of a proportion (Wilson). */
function interval(right: number, count: number): string {
  const z = 1.96;
  const share = right / count;
  const scale = 1 + (z * z) / count;
  const middle = (share + (z * z) / (2 * count)) / scale;
  const half =
    (z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))) / scale;
  return `${(middle - half).toFixed(3)} to ${(middle + half).toFixed(3)}`;
}

function rowOf({ name, right, problems, steps, byLarge, requests, ms }: Measured): string {
  const cells = [
    name,
    (right / problems).toFixed(3),
    interval(right, problems),
    `${(byLarge / steps).toFixed(3)} (${byLarge} of ${steps})`,
    requests,
    (ms / problems).toFixed(0),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

function histogramOf(entropies: readonly number[]): string {
  const lines = EDGES.slice(1).map((high, index) => {
    const low = EDGES[index] ?? 0;
    const count = entropies.filter((entropy) => entropy >= low && entropy < high).length;
    const bar = "#".repeat(Math.ceil(count / STEPS_PER_MARK));
    return `${String(low).padStart(5)} to ${String(high).padEnd(5)} ${String(count).padStart(5)}  ${bar}`;
  });
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Median over problems of wall time by tokens written, of the model by itself. */
async function millisecondsPerToken(model: LocalChatModel, problems: readonly Problem[]) {
  const found: number[] = [];
  for (const { prompt } of problems.slice(0, SPEED_PROBLEMS)) {
    const begin = performance.now();
    const { usage_metadata } = await model.invoke(prompt);
    found.push(
      (performance.now() - begin) / (usage_metadata as unknown as UsageMetadata).output_tokens,
    );
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? Number.NaN;
}

/** Random routing at the rate of `routed`, under several seeds, and the mean of their accuracies. */
async function measureRandom(
  pair: EmbeddedPair,
  problems: readonly Problem[],
  routed: Measured,
  show: (measured: Measured) => void,
): Promise<void> {
  const rate = routed.byLarge / routed.steps;
  let right = 0;
  for (const seed of RANDOM_SEEDS) {
    // A seed for each problem: `random` sees no prompt, so one seed would draw every first step alike.
    const measured = await measure(`random, seed ${seed}`, pair, problems, (problem) => ({
      policy: random(rate, seed * problems.length + problem),
    }));
    show(measured);
    right += measured.right;
  }
  const mean = right / RANDOM_SEEDS.length / problems.length;
  process.stdout.write(`\nRandom routing, mean of ${RANDOM_SEEDS.length}: ${mean.toFixed(3)}\n`);
}

const file = await readFile(new URL("problems.json", import.meta.url), "utf8");
const problems: readonly Problem[] = JSON.parse(file);
const pair = await embeddedPair();
const { threshold } = pair;
const show = (measured: Measured): void => {
  process.stdout.write(rowOf(measured));
};

const speeds = {
  small: await millisecondsPerToken(pair.small, problems),
  large: await millisecondsPerToken(pair.large, problems),
};
process.stdout.write(
  `ms per token: small ${speeds.small.toFixed(2)}, large ${speeds.large.toFixed(2)}\n\n` +
    `| mode | accuracy | 95 % interval | steps by large | requests | ms a problem |\n|${" --- |".repeat(6)}\n`,
);
show(
  await measure("small only", pair, problems, () => ({
    policy: always("small"),
    answerBy: "small",
  })),
);
show(await measure("large only", pair, problems, () => ({ policy: always("large") })));
const fused = await measure(`routed, tau ${threshold}, fused`, pair, problems, () => ({
  threshold,
}));
show(fused);
show(
  await measure(`routed, tau ${threshold}, probe`, pair, problems, () => ({
    threshold,
    glimpse: "probe",
  })),
);
await measureRandom(pair, problems, fused, show);
process.stdout.write(
  `\nH_init of ${fused.entropies.length} steps (routed, fused), nats:\n${histogramOf(fused.entropies)}`,
);
await pair.dispose();
