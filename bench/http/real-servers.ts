/**
 * Fused against probe, and against large alone in one call, on two real servers.
 *
 *     npx tsx bench/http/real-servers.ts \
 *       --small http://127.0.0.1:8101/v1 --small-model small \
 *       --large http://127.0.0.1:8102/v1 --large-model large \
 *       [--name "vLLM 0.32, CPU"] [--problems 20] [--tau 1] [--continuation auto] [--write]
 *
 * `BENCH_API_KEY` is sent where the servers ask for a key. `--write` puts the table into docs/benchmarks.md.
 */
import { parseArgs } from "node:util";
import { ChatOpenAI } from "@langchain/openai";
import { type Continuation, GlimpRouterChatModel } from "../../src/index.js";
import { type BenchTable, boxOf, markdownOf } from "../bench-table.js";
import { heldOutProblems, type Problem } from "../embedded/held-out-problems.js";
import { describeMachine } from "../machine.js";
import { median, sum, withRange } from "../statistics.js";
import { writeBlock } from "../write-block.js";
import { type StreamedReply, streamReply } from "./bench-models.js";

const { values } = parseArgs({
  options: {
    small: { type: "string" },
    "small-model": { type: "string", default: "small" },
    large: { type: "string" },
    "large-model": { type: "string", default: "large" },
    name: { type: "string", default: "real servers" },
    problems: { type: "string", default: "20" },
    tau: { type: "string", default: "1" },
    continuation: { type: "string", default: "auto" },
    block: { type: "string", default: "real-servers" },
    write: { type: "boolean", default: false },
  },
});

interface Way {
  readonly name: string;
  readonly model: ChatOpenAI | GlimpRouterChatModel;
  readonly replies: StreamedReply[];
}

function chatOpenAI(baseURL: string | undefined, model: string): ChatOpenAI {
  if (baseURL === undefined) throw new Error("Give --small and --large: base URLs, ending in /v1.");
  return new ChatOpenAI({
    model,
    temperature: 0,
    apiKey: process.env.BENCH_API_KEY ?? "none",
    configuration: { baseURL },
    modelKwargs: { stream_options: { include_usage: true } },
  });
}

function waysOfAsking(): readonly [Way, Way, Way] {
  const small = chatOpenAI(values.small, values["small-model"]);
  const large = chatOpenAI(values.large, values["large-model"]);
  const threshold = Number(values.tau);
  const continuation = values.continuation as Continuation & string;
  const router = (glimpse: "fused" | "probe") =>
    new GlimpRouterChatModel({ small, large, threshold, continuation, glimpse });
  return [
    { name: "fused", model: router("fused"), replies: [] },
    { name: "probe", model: router("probe"), replies: [] },
    { name: "large alone, one call", model: large, replies: [] },
  ];
}

/** One problem in each way before the next one: what slows the servers down slows all ways. */
async function askAll(ways: readonly Way[], problems: readonly Problem[]): Promise<void> {
  const [warmUp] = problems;
  for (const { model } of ways) if (warmUp !== undefined) await streamReply(model, warmUp.prompt);
  for (const [index, { prompt }] of problems.entries()) {
    // Who comes first fills the prefix caches for the others: they take turns in that.
    const order = ways.map((_, place) => ways[(place + index) % ways.length]);
    for (const way of order) way?.replies.push(await streamReply(way.model, prompt));
  }
}

function tableOf([fused, probe, alone]: readonly [Way, Way, Way], problems: number): BenchTable {
  const ratio = (way: Way, base: Way) =>
    way.replies.map(({ ms }, index) => ms / (base.replies[index]?.ms ?? Number.NaN));
  const same = fused.replies.filter((reply, index) => isSame(reply, probe.replies[index])).length;
  const requests = sum(fused.replies.map(requestsOf)) / sum(probe.replies.map(requestsOf));
  return {
    title: `${values.name}: ${problems} problems, tau ${values.tau}; ${bound(fused, probe)}`,
    columns: ["", "requests a reply", "tokens generated", "ms a reply", "against large alone"],
    rows: [
      ...[fused, probe, alone].map((way) => [
        way.name,
        (sum(way.replies.map(requestsOf)) / problems).toFixed(2),
        way === alone ? "" : (sum(way.replies.map(tokensOf)) / problems).toFixed(1),
        withRange(
          way.replies.map(({ ms }) => ms),
          0,
        ),
        median(ratio(way, alone)).toFixed(2),
      ]),
      [
        "fused / probe",
        requests.toFixed(3),
        `${same} of ${problems} the same`,
        `x ${withRange(ratio(fused, probe))}`,
        "",
      ],
    ],
  };
}

/** What the requests may come to on chains of this length. */
function bound(fused: Way, probe: Way): string {
  const most = sum(fused.replies.map(({ record }) => 2 * byLarge(record) + 2));
  const probes = sum(probe.replies.map(({ record }) => 2 * (record?.steps.length ?? 0) + 1));
  return `(2n + 2) / (2 x steps + 1) = ${(most / probes).toFixed(3)}`;
}

function byLarge(record: StreamedReply["record"]): number {
  return record?.steps.filter(({ route }) => route === "large").length ?? 0;
}

function requestsOf({ record }: StreamedReply): number {
  return record === null ? 1 : record.requests.small + record.requests.large;
}

function tokensOf({ record }: StreamedReply): number {
  if (record === null) return 0;
  return record.usage.small.output_tokens + record.usage.large.output_tokens;
}

function isSame(one: StreamedReply, other: StreamedReply | undefined): boolean {
  return one.text === other?.text && one.thought === other.thought;
}

const machine = describeMachine();
const problems = await heldOutProblems(Number(values.problems));
const ways = waysOfAsking();
await askAll(ways, problems);
const table = tableOf(ways, problems.length);
console.log(`${machine}\n\n${boxOf(table)}`);
if (values.write) await writeBlock(values.block, `${machine}.\n\n${markdownOf(table)}`);
