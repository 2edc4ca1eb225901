import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { announcedRunId } from "./announced-run.js";

/** Writes to LangGraph's stream of mode `custom`. */
type GraphWriter = (chunk: unknown) => void;

/** Tells an event of the router's own to whoever listens. */
export type TellCustom = (name: string, data: object) => Promise<void>;

/**
 * Where the router's own events are told: as custom events of its run, and in a LangGraph node to the graph's `custom`
 * stream, which such events do not reach. There they name their run and their node: a model that a middleware asks
 * writes to the same stream.
 *
 * @param options - call options; an agent puts its graph's writer there
 */
export function customTeller(
  runManager: CallbackManagerForLLMRun | undefined,
  options: object,
): TellCustom {
  const { writer, metadata } = graphConfig(options);
  const run = {
    run_id: runManager?.runId ?? announcedRunId(options) ?? null,
    langgraph_node: metadata?.langgraph_node ?? null,
  };
  return async (name, data) => {
    if (typeof writer === "function") (writer as GraphWriter)({ type: name, ...data, ...run });
    await runManager?.handleCustomEvent(name, data);
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
