import { CallbackManager, CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { RunnableConfig } from "@langchain/core/runnables";

/** Where call options carry the run that core is about to start. */
const ANNOUNCED_RUN = Symbol("langchain-glimprouter.announcedRun");

interface AnnouncedRun {
  readonly runId: string;
  readonly config: RunnableConfig;
}

/** Core's `_generateUncached` starts the run, but tells `_streamChatModelEvents` nothing of it: this does. */
export function announceRun(
  runId: string,
  config: RunnableConfig,
): { readonly [ANNOUNCED_RUN]: AnnouncedRun } {
  return { [ANNOUNCED_RUN]: { runId, config } };
}

/** The id of the run that was announced, also where nobody listens to it. */
export function announcedRunId(options: object): string | undefined {
  return (options as { readonly [ANNOUNCED_RUN]?: AnnouncedRun })[ANNOUNCED_RUN]?.runId;
}

/** The fields of a manager that its class keeps to itself. */
interface ManagerFields {
  readonly inheritableTags: string[];
  readonly inheritableMetadata: Record<string, unknown>;
}

/**
 * A manager for the run that was announced: its steps become its children, not its siblings.
 *
 * @returns `undefined` where none was, or nobody listens
 */
export function announcedRun(
  options: object,
  model: Pick<RunnableConfig, "callbacks" | "tags" | "metadata">,
): CallbackManagerForLLMRun | undefined {
  const { [ANNOUNCED_RUN]: announced } = options as { readonly [ANNOUNCED_RUN]?: AnnouncedRun };
  if (announced === undefined) return undefined;
  const { runId, config } = announced;
  const manager = CallbackManager._configureSync(
    config.callbacks,
    model.callbacks,
    config.tags,
    model.tags,
    config.metadata,
    model.metadata,
  );
  if (manager === undefined) return undefined;
  const { handlers, inheritableHandlers, tags, metadata } = manager;
  const { inheritableTags, inheritableMetadata } = manager as unknown as ManagerFields;
  return new CallbackManagerForLLMRun(
    runId,
    handlers,
    inheritableHandlers,
    tags,
    inheritableTags,
    metadata,
    inheritableMetadata,
    manager.getParentRunId(),
  );
}
