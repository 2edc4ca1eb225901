import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { RouteEvent } from "../../router/route-event.js";
import { decisionOf } from "../output/reply-events.js";
import { announcedRunId } from "./announced-run.js";

/** Name of the custom event of each decision. */
const DECISION_EVENT = "glimprouter_step";

/** Writes to LangGraph's stream of mode `custom`. */
type GraphWriter = (chunk: unknown) => void;

/**
 * Where decisions are told: as custom events of the router's run, and in a LangGraph node to the graph's
 * `custom` stream, which such events do not reach. There they name their run and their node: a model that a
 * middleware asks writes to the same stream.
 *
 * @param options - call options; an agent puts its graph's writer there
 */
export function decisionTeller(
  runManager: CallbackManagerForLLMRun | undefined,
  options: object,
): (event: RouteEvent) => Promise<void> {
  const { writer, metadata } = graphConfig(options);
  const run = {
    run_id: runManager?.runId ?? announcedRunId(options) ?? null,
    langgraph_node: metadata?.langgraph_node ?? null,
  };
  return async (event) => {
    const decision = decisionOf(event);
    if (decision === null) return;
    if (typeof writer === "function") {
      (writer as GraphWriter)({ type: DECISION_EVENT, ...decision, ...run });
    }
    await runManager?.handleCustomEvent(DECISION_EVENT, decision);
  };
}

/** Would anybody be told of a decision? A point may decide at every token. */
export function hasListener(
  runManager: CallbackManagerForLLMRun | undefined,
  options: object,
): boolean {
  return runManager !== undefined || typeof graphConfig(options).writer === "function";
}

/** What the graph's node around this call was given. */
function graphConfig(options: object): {
  readonly writer?: unknown;
  readonly metadata?: { readonly langgraph_node?: unknown };
} {
  return { ...AsyncLocalStorageProviderSingleton.getRunnableConfig(), ...options };
}
