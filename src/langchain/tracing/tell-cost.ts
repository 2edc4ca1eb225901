import type { RoutingRecord } from "../../router/route-trace.js";
import type { TellCustom } from "./tell-custom.js";

/** Name of the custom event of a reply's cost, which is told once, at its end. */
const COST_EVENT = "glimprouter_cost";

/** Tells what a reply has cost, where there are prices. */
export async function tellCost(tell: TellCustom, { cost, usage }: RoutingRecord): Promise<void> {
  if (cost !== null) await tell(COST_EVENT, { cost, usage });
}
