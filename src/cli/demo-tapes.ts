import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { isSeenByProbe } from "../langchain/options/routing-options.js";
import { DEMO_PROBLEMS } from "./demo-problems.js";
import { requestsOf, type Tally, tally } from "./demo-table.js";
import type { Pair } from "./load-pair.js";
import { placeOf } from "./place-of.js";
import type { ReadRouting } from "./read-routing.js";
import { type Shown, tint } from "./terminal.js";

/** The pair that calculates: each model alone, and both routed in the two ways that a glimpse is taken. */
export async function tallyTapes(pair: Pair, routing: ReadRouting): Promise<readonly Tally[]> {
  const { small, large } = pair;
  const routed = (glimpse: "fused" | "probe") =>
    new GlimpRouterChatModel({ small, large, glimpse, ...routing });
  const tallies = [
    await tally("small only", DEMO_PROBLEMS, () => small),
    await tally("large only", DEMO_PROBLEMS, () => large),
    await tally("routed, fused", DEMO_PROBLEMS, () => routed("fused")),
  ];
  // A probe sees a step's first token and nothing else.
  if (!isSeenByProbe(placeOf(routing).glimpseAt)) return tallies;
  return [...tallies, await tally("routed, probe", DEMO_PROBLEMS, () => routed("probe"))];
}

export function tapesLesson(tallies: readonly Tally[]): Shown {
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
