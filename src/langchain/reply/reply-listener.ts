import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { RouteEvent } from "../../router/route-event.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import { StepRuns } from "../tracing/step-runs.js";
import { tellCost } from "../tracing/tell-cost.js";
import { customTeller, hasListener, type TellCustom } from "../tracing/tell-custom.js";
import { isTold, tellEvent } from "../tracing/tell-event.js";

/** What a listener threw: its own matter, and no failure of a model. */
export class ListenerError extends Error {
  override readonly name = "ListenerError";

  constructor(cause: unknown) {
    super("A listener of the reply failed.", { cause });
  }
}

/**
 * Tells one reply to whoever listens while it is written: each decision, and each step as a run of the trace. However
 * the reply ends, none of its runs is left open. No generator around the reply: that would be one more promise for
 * each token.
 */
export class ReplyListener {
  readonly tell: TellCustom;
  /** Somebody is told each decision. */
  readonly isHeard: boolean;
  readonly #runs: StepRuns;
  readonly #signal: AbortSignal | undefined;
  readonly #left: AbortSignal | undefined;

  /**
   * @param about.options - of the call
   * @param about.threshold - tau in nats, `null` where a policy decides
   * @param about.signal - of the call
   * @param about.left - aborted when the reader leaves, which is no failure
   */
  constructor(
    runManager: CallbackManagerForLLMRun | undefined,
    about: {
      readonly options: object;
      readonly threshold: number | null;
      readonly signal?: AbortSignal | undefined;
      readonly left?: AbortSignal | undefined;
    },
  ) {
    this.tell = customTeller(runManager, about.options);
    this.isHeard = hasListener(runManager, about.options);
    this.#runs = new StepRuns(runManager, about.threshold);
    this.#signal = about.signal;
    this.#left = about.left;
  }

  /**
   * @returns `null` where nobody is told: an await for each token would cost more than all else here
   * @throws ListenerError where a listener throws that is to be heard (`raiseError`)
   */
  hear(event: RouteEvent): Promise<void> | null {
    return this.#runs.isHeard || isTold(event) ? heard(this.#tellAll(event)) : null;
  }

  async #tellAll(event: RouteEvent): Promise<void> {
    await this.#runs.tell(event);
    if (isTold(event)) await tellEvent(this.tell, event);
  }

  /** @throws ListenerError as `hear` does */
  end(record: RoutingRecord): Promise<void> {
    return heard(tellCost(this.tell, record));
  }

  fail(error: unknown): Promise<void> {
    return this.#left?.aborted ? this.#runs.leave() : this.#runs.fail(error);
  }

  /** Where the call was aborted, so was the run under way; the reader of any other one has left it. */
  close(): Promise<void> {
    const signal = this.#signal;
    return signal?.aborted ? this.#runs.fail(signal.reason) : this.#runs.leave();
  }
}

async function heard(telling: Promise<void>): Promise<void> {
  try {
    await telling;
  } catch (cause) {
    throw new ListenerError(cause);
  }
}
