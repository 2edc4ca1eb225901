/**
 * Measures the pair that thinks in words through the package, greedy, and prints the table of models/README.md:
 * each model alone, routed at several points, and large by chance at the places of the pair's own, as often.
 *
 *     npx tsx models/measure-words.ts                 # models/words-problems.json
 *     npx tsx models/measure-words.ts FILE --sweep    # other problems, more thresholds: for choosing
 */
import { readFile } from "node:fs/promises";
import {
  above,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type GlimpsePoint,
  pointFromName,
  type RoutePolicy,
  type RoutingRecord,
  random,
  routingOf,
} from "../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../src/local/index.js";

interface Problem {
  readonly prompt: string;
  readonly answer: number;
}

/** What one way of answering did. */
interface Measured {
  readonly name: string;
  readonly hits: readonly boolean[];
  readonly records: readonly RoutingRecord[];
  readonly ms: number;
}

/** Chosen on 60 problems of another seed. "own": the point that the pair comes with. */
const CHOSEN: readonly (readonly [point: string, threshold: number])[] = [
  ["stepStart", 1.05],
  ["own", 0.7],
  ["span:=:number", 0.6],
  ["stepEnd:meanEntropy", 0.15],
];
const SWEPT: Readonly<Record<string, readonly number[]>> = {
  stepStart: [1, 1.05, 1.1],
  own: [0.6, 0.7, 0.8, 1],
  "span:=:number": [0.3, 0.6, 1],
  "stepEnd:meanEntropy": [0.15, 0.22, 0.3],
};
const CHANCE_SEEDS = [0, 1];
const DRAWS = 2000;
/** Of the file's: each arm takes as long as the large model does. */
const FIRST = 100;

async function measure(
  name: string,
  problems: readonly Problem[],
  answer: (problem: number) => Pick<GlimpRouterChatModel, "invoke">,
): Promise<Measured> {
  const hits: boolean[] = [];
  const records: RoutingRecord[] = [];
  const begin = performance.now();
  for (const [index, problem] of problems.entries()) {
    const message = await answer(index).invoke(problem.prompt);
    hits.push(message.text.includes(`\\boxed{${problem.answer}}`));
    const record = routingOf(message);
    if (record !== undefined) records.push(record);
  }
  return { name, hits, records, ms: (performance.now() - begin) / problems.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** 95 %, by bootstrap over problems: no two are of one template. */
function interval(values: readonly number[]): string {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return values[Math.floor((state / 2 ** 32) * values.length)] ?? 0;
  };
  const means = Array.from({ length: DRAWS }, () => mean(values.map(draw))).sort((a, b) => a - b);
  const at = (share: number) => (means[Math.floor(share * DRAWS)] ?? 0).toFixed(3);
  return `[${at(0.025)}, ${at(0.975)}]`;
}

function numbersOf({ hits }: Measured): readonly number[] {
  return hits.map(Number);
}

function show({ name, hits, records, ms }: Measured): void {
  const right = hits.map(Number);
  const alone = name.startsWith("large") ? "1" : "0";
  const share = (of: (record: RoutingRecord) => number) =>
    records.length === 0 ? alone : mean(records.map(of)).toFixed(3);
  const cells = [
    name,
    mean(right).toFixed(3),
    interval(right),
    share(({ interventionRate }) => interventionRate),
    share(({ largeShare }) => largeShare),
    ms.toFixed(0),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

/** A record does not tell how often a point asked: of every token it may. */
function counting(threshold: number) {
  const decide = above(threshold);
  const routes: number[] = [];
  const policy: RoutePolicy = (glimpse, context) => {
    const route = decide(glimpse, context);
    routes.push(route === "large" ? 1 : 0);
    return route;
  };
  return { policy, shareOfLarge: () => mean(routes) };
}

/** Routed at a point above a threshold, then by chance at the same places, as often. */
async function measurePoint(
  pair: EmbeddedPair,
  problems: readonly Problem[],
  point: GlimpsePoint,
  threshold: number,
  seeds: readonly number[],
): Promise<Measured> {
  const router = (fields: Partial<GlimpRouterFields>) =>
    new GlimpRouterChatModel({ small: pair.small, large: pair.large, glimpseAt: point, ...fields });
  const counted = counting(threshold);
  const routed = await measure(`${point.name} above ${threshold}`, problems, () =>
    router({ policy: counted.policy }),
  );
  show(routed);
  const rate = counted.shareOfLarge();
  for (const seed of seeds) {
    const byChance = await measure(`chance at ${point.name}, seed ${seed}`, problems, (problem) =>
      router({ policy: random(rate, seed * problems.length + problem) }),
    );
    show(byChance);
    process.stdout.write(difference(routed, byChance));
  }
  return routed;
}

function difference(one: Measured, other: Measured): string {
  const apart = numbersOf(one).map((hit, index) => hit - Number(other.hits[index]));
  const sign = mean(apart) < 0 ? "" : "+";
  return `  (${one.name} less ${other.name}: ${sign}${mean(apart).toFixed(3)} ${interval(apart)})\n`;
}

const [name = new URL("words-problems.json", import.meta.url)] = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith("--"));
const isSweep = process.argv.includes("--sweep");
const all: readonly Problem[] = JSON.parse(await readFile(name, "utf8"));
const problems = all.slice(0, FIRST);
const pair = await embeddedPair({ pair: "words" });
process.stdout.write(
  `${problems.length} problems\n\n| way | right | 95 % | steps touched by large | tokens by large | ms a problem |\n|${" --- |".repeat(6)}\n`,
);
show(await measure("small only", problems, () => pair.small as never));
show(await measure("large only", problems, () => pair.large as never));
const arms = isSweep
  ? Object.entries(SWEPT).flatMap(([point, all]) => all.map((each) => [point, each] as const))
  : CHOSEN;
let atStart: Measured | undefined;
for (const [point, threshold] of arms) {
  const seeds = isSweep || point !== "own" ? [] : CHANCE_SEEDS;
  const glimpseAt = point === "own" ? pair.glimpseAt : pointFromName(point);
  if (glimpseAt === undefined) continue;
  const routed = await measurePoint(pair, problems, glimpseAt, threshold, seeds);
  if (point === "stepStart") atStart = routed;
  else if (atStart !== undefined) process.stdout.write(difference(routed, atStart));
}
await pair.dispose();
