import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { isSeenByProbe } from "../langchain/options/routing-options.js";
import type { RoutingRecord } from "../router/route-trace.js";
import { DEMO_PROBLEMS } from "./demo-problems.js";
import { loadPair, type Pair } from "./load-pair.js";
import { paintReply, percent, summaryOf } from "./paint-reply.js";
import { parseOptions } from "./read-options.js";
import { type ReadRouting, ROUTING_OPTIONS, readRouting } from "./read-routing.js";
import { tableOf } from "./table.js";
import { columns, layOut, type Shown, show, shown, tint, write } from "./terminal.js";

/** What one way of answering did over all problems. */
interface Tally {
  readonly name: string;
  right: number;
  ms: number;
  records: RoutingRecord[];
}

/** `glimprouter demo`: the embedded pair, each model alone and both routed, on a handful of problems. */
export async function runDemo(args: string[]): Promise<void> {
  const routing = readRouting(parseOptions({ args, options: ROUTING_OPTIONS }).values);
  const pair = await loadPair();
  try {
    const fused = routed(pair, "fused", routing);
    const [first] = DEMO_PROBLEMS;
    write(show`Two tiny models think together. The question: ${tint("bold", first.prompt)}\n`);
    const record = await paintReply(fused, first.prompt);
    write(show`\n\n${tint("dim", summaryOf(record))}\n\n`);
    const tallies = [
      await tally("small only", pair.small),
      await tally("large only", pair.large),
      await tally("routed, fused", fused),
      // A probe sees a step's first token and nothing else.
      ...(isSeenByProbe(routing.glimpseAt)
        ? [await tally("routed, probe", routed(pair, "probe", routing))]
        : []),
    ];
    const results = resultsOf(tallies, columns());
    write(show`${String(DEMO_PROBLEMS.length)} problems:\n${results}\n${lessonOf(tallies)}\n`);
  } finally {
    await pair.dispose();
  }
}

function routed(
  { small, large }: Pair,
  glimpse: "fused" | "probe",
  routing: ReadRouting,
): GlimpRouterChatModel {
  return new GlimpRouterChatModel({ small, large, glimpse, ...routing });
}

async function tally(name: string, model: BaseChatModel): Promise<Tally> {
  const result: Tally = { name, right: 0, ms: 0, records: [] };
  for (const { prompt, answer } of DEMO_PROBLEMS) {
    const start = performance.now();
    const message = await model.invoke(prompt);
    result.ms += performance.now() - start;
    if (message.text.includes(`\\boxed{${answer}}`)) result.right++;
    const record = message.response_metadata.glimprouter as RoutingRecord | undefined;
    if (record !== undefined) result.records.push(record);
  }
  return result;
}

const HEAD = ["", "right", "steps by large", "tokens by large", "requests", "ms a problem"];

/** As a table where it fits into a line, else as lists. */
function resultsOf(tallies: readonly Tally[], width: number): Shown {
  const rows = tallies.map(rowOf);
  const table = tableOf([HEAD, ...rows].map((row) => row.map((cell) => shown(cell))));
  if (table.text.indexOf("\n") <= width) return table;
  const lists = rows.map(([name = "", ...cells]) => {
    const lines = cells.map((cell, index) => show`  ${HEAD[index + 1] ?? ""}: ${cell}`);
    return layOut([tint("bold", name), ...lines], (texts) => texts.join("\n"));
  });
  return layOut(lists, (texts) => texts.join("\n"));
}

function rowOf({ name, right, ms, records }: Tally): readonly string[] {
  const alone = name.startsWith("large") ? "all" : "none";
  return [
    name,
    `${right} of ${DEMO_PROBLEMS.length}`,
    records.length === 0 ? alone : percent(mean(records.map((r) => r.interventionRate))),
    records.length === 0 ? alone : percent(mean(records.map((r) => r.largeShare))),
    String(records.length === 0 ? DEMO_PROBLEMS.length : requestsOf(records)),
    (ms / DEMO_PROBLEMS.length).toFixed(0),
  ];
}

function lessonOf(tallies: readonly Tally[]): Shown {
  const [small, , fused, probe] = tallies.map(({ right, records }) => ({
    right,
    requests: requestsOf(records),
  }));
  const probed = probe === undefined ? "" : `, probe-then-dispatch ${probe.requests}`;
  return tint(
    "dim",
    `Routing answers ${fused?.right} where small alone answers ${small?.right}. The fused glimpse needs ${fused?.requests} requests${probed}.\nBoth models are tiny, so this shows who is right, not who is fast: see docs/benchmarks.md.`,
  );
}

function requestsOf(records: readonly RoutingRecord[]): number {
  return records.reduce((sum, { requests }) => sum + requests.small + requests.large, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
