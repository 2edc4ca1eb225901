import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { RouteEvent } from "../../router/route-event.js";
import { decisionOf } from "../output/reply-events.js";

/** Name of the custom event of each decision. */
const DECISION_EVENT = "glimprouter_step";

/** Writes to LangGraph's stream of mode `custom`. */
type GraphWriter = (chunk: unknown) => void;

/**
 * Where decisions are told: as custom events of the router's run, and in a LangGraph node to the graph's
 * `custom` stream, which such events do not reach.
 *
 * @param options - call options; an agent puts its graph's writer there
 */
export function decisionTeller(
  runManager: CallbackManagerForLLMRun | undefined,
  options: object,
): (event: RouteEvent) => Promise<void> {
  const write = graphWriter(options);
  return async (event) => {
    const decision = decisionOf(event);
    if (decision === null) return;
    write?.({ type: DECISION_EVENT, ...decision });
    await runManager?.handleCustomEvent(DECISION_EVENT, decision);
  };
}

function graphWriter(options: object): GraphWriter | null {
  const config = AsyncLocalStorageProviderSingleton.getRunnableConfig();
  const { writer } = { ...config, ...options } as { writer?: unknown };
  return typeof writer === "function" ? (writer as GraphWriter) : null;
}
