import {
  type BaseCallbackHandler,
  callbackHandlerPrefersChatModelStreamEvents,
  callbackHandlerPrefersStreaming,
} from "@langchain/core/callbacks/base";
import {
  CallbackManager,
  type CallbackManagerForChainRun,
  type CallbackManagerForLLMRun,
} from "@langchain/core/callbacks/manager";
import type { RetryRecord } from "../../router/cut.js";
import type { DegradedRecord } from "../../router/degraded.js";
import type { RouteEvent } from "../../router/route-event.js";
import type { VerifiedRecord, WatchRecord } from "../../router/step-record.js";
import { otherRole } from "../../router/step-writer.js";
import { ReplyText } from "../output/reply-text.js";
import { type Decision, rejection, stepName, watchName } from "./run-names.js";

/** The step or the answer that is being written, as a run of the trace. */
interface OpenRun {
  readonly run: CallbackManagerForChainRun;
  /** Who writes the step; `null` for the answer. */
  readonly route: "small" | "large" | null;
  /** What was written so far: a run that is broken off shows it. */
  readonly written: ReplyText;
}

/**
 * The thought as a tree of runs: one child of the router's run for each step, and one for the answer, named
 * by what was decided and why. They are chain runs without usage: the router's own run carries the usage of
 * all requests, and a trace that sums up its runs counts each token once.
 */
export class StepRuns {
  readonly #manager: CallbackManager | null;
  readonly #threshold: number | null;
  #decision: Decision | null = null;
  /** What a judge said of the step that large writes in small's place. */
  #rejected: VerifiedRecord | null = null;
  #open: OpenRun | null = null;
  /** Streams of the run under way, or of the next one, that were cut and opened again. */
  #retries: readonly RetryRecord[] = [];

  /** @param threshold - tau in nats, `null` where a policy decides */
  constructor(runManager: CallbackManagerForLLMRun | undefined, threshold: number | null) {
    this.#manager = runManager === undefined ? null : childManager(runManager);
    this.#threshold = threshold;
  }

  /** Anybody listens. */
  get isHeard(): boolean {
    return this.#manager !== null;
  }

  /** Follows the reply. Called with every event, in order. */
  async tell(event: RouteEvent): Promise<void> {
    if (this.#manager === null) return;
    switch (event.type) {
      case "route-decided":
        // Inside a step that goes on with small there is nothing to begin.
        if (event.route === "small" && this.#open !== null) return;
        this.#decision = event;
        // Large begins to work; a step by small has begun with its glimpse, unless that ends the thought.
        if (event.route === "small") return;
        await this.#end(null, { end: "handoff" });
        return this.#beginStep(event.step, event.route);
      case "step-start":
        return this.#open === null ? this.#beginStep(event.step, event.route) : undefined;
      case "step-judged":
        return this.#hear(event.verified);
      case "answer-watched":
        return this.#tellWatched(event.record);
      case "stream-resumed":
      case "thought-resumed":
        this.#retries = [...this.#retries, event.record];
        return;
      case "degraded":
        return this.#changeModel(event.record);
      case "text-delta":
        return this.#write(event);
      case "step-end": {
        const { tokens, ms, end, parts, verified } = event.record;
        const speculation = parts.at(-1)?.speculation;
        const figures = {
          tokens,
          ms,
          end,
          ...(verified && { verified }),
          ...(speculation && { speculation }),
        };
        return this.#end(parts.length > 1 ? null : event.text, figures);
      }
      case "thought-end":
        return this.#end(null, { end: event.stopReason });
      case "answer-start":
        return this.#begin(`answer ${event.by}`, { by: event.by });
      case "answer-end": {
        const { speculation, ...figures } = event.record;
        return this.#end(null, { ...figures, ...(speculation && { speculation }) });
      }
      default:
        this.#open?.written.add(event);
    }
  }

  /** The reply failed: so did the run under way. */
  async fail(error: unknown): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.run.handleChainError(error);
  }

  /** The reader left in the middle: no fault of the run under way. */
  async leave(): Promise<void> {
    await this.#end(null, { end: "left" });
  }

  /** The run under way ends with its model; the other one's part of a step that had begun is a run of its own. */
  async #changeModel(degraded: DegradedRecord): Promise<void> {
    const { role, fromStep } = degraded;
    const route = this.#open?.route ?? null;
    await this.#end(null, { end: "failed", degraded });
    if (route === null || fromStep === null) return;
    await this.#beginStep(fromStep, otherRole(role), `, in place of ${role}`);
  }

  #hear(verified: VerifiedRecord): void {
    if (verified.accepted) return;
    // The decision was about what is thrown away.
    this.#decision = null;
    this.#rejected = verified;
  }

  /** Asked between two steps: a run of its own, since it is a request of its own. */
  async #tellWatched(record: WatchRecord): Promise<void> {
    await this.#begin(watchName(record), { step: record.step });
    await this.#end("", record);
  }

  /** Behind a turn of large, small goes on in the same step: each part is a run. */
  async #write(event: Extract<RouteEvent, { type: "text-delta" }>): Promise<void> {
    const open = this.#open;
    if (open !== null && open.route !== null && open.route !== event.route) {
      await this.#end(null, { end: "length" });
      await this.#beginStep(event.step, event.route, ", goes on in mid-step");
    }
    this.#open?.written.add(event);
  }

  /** @param how - of a part that no decision began */
  #beginStep(step: number, route: "small" | "large", how = ""): Promise<void> {
    const decision = this.#decision;
    const why = this.#rejected === null ? how : rejection(this.#rejected);
    this.#decision = null;
    this.#rejected = null;
    const {
      point = null,
      value = null,
      entropy = null,
      token = null,
      forced = false,
    } = decision ?? {};
    const threshold = this.#threshold;
    const figures =
      point === null || point === "stepStart" ? { H_init: entropy } : { point, value };
    const inputs = { step, route, ...figures, threshold, token, forced };
    const name = stepName(step, route, decision, threshold);
    return this.#begin(decision === null ? name + why : name, inputs, route);
  }

  async #begin(
    name: string,
    inputs: Record<string, unknown>,
    route: "small" | "large" | null = null,
  ): Promise<void> {
    const run = await this.#manager?.handleChainStart(
      { lc: 1, type: "not_implemented", id: ["langchain-glimprouter", "step"] },
      inputs,
      undefined,
      undefined,
      undefined,
      undefined,
      name,
    );
    this.#open = run === undefined ? null : { run, route, written: new ReplyText() };
  }

  /** @param text - `null`: what was told of it */
  async #end(text: string | null, about: object): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const retries = this.#retries;
    this.#retries = [];
    const { thought, answer, toolCalls } = open.written;
    const called = toolCalls.map(({ id, name, args }) => ({ id, name, args }));
    await open.run.handleChainEnd({
      text: text ?? thought + answer,
      ...(called.length === 0 ? {} : { tool_calls: called }),
      ...(retries.length === 0 ? {} : { retries }),
      ...about,
    });
  }
}

/** What a run hands down. The fields are protected, and a chat model's run has no `getChild`. */
interface Inheritance {
  readonly inheritableHandlers: readonly BaseCallbackHandler[];
  readonly inheritableTags: readonly string[];
  readonly inheritableMetadata: Readonly<Record<string, unknown>>;
}

/**
 * Manager of the runs below the router's. Handlers that stream are left out: the router's own run streams
 * every token to them, and one of them (`streamEvents` v2) would tell each twice if it saw another run.
 *
 * @returns `null` where nobody is listening
 */
function childManager(runManager: CallbackManagerForLLMRun): CallbackManager | null {
  const { inheritableHandlers, inheritableTags, inheritableMetadata } =
    runManager as unknown as Inheritance;
  const handlers = inheritableHandlers.filter(
    (handler) =>
      !callbackHandlerPrefersStreaming(handler) &&
      !callbackHandlerPrefersChatModelStreamEvents(handler),
  );
  if (handlers.length === 0) return null;
  const manager = new CallbackManager(runManager.runId);
  manager.setHandlers(handlers);
  manager.addTags([...inheritableTags]);
  // The router's LangSmith fields say that a run is a chat model's: these are none.
  const metadata = Object.entries(inheritableMetadata).filter(([key]) => !key.startsWith("ls_"));
  manager.addMetadata(Object.fromEntries(metadata));
  return manager;
}
