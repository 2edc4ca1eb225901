import type { BaseMessage } from "@langchain/core/messages";
import { linkSignals } from "../../core/linked-signals.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { BegunWith } from "../../router/begin-thought.js";
import type { RouteConfig } from "../../router/route-config.js";
import { routeThought } from "../../router/route-thought.js";
import { routingRecord } from "../../router/route-trace.js";
import { settlePolicies } from "../../router/settle-policies.js";
import type { Opening, Role } from "../../router/step-writer.js";
import type { ThoughtState } from "../../router/thought-state.js";
import { DRIFT_EVENT } from "../calibration/drift.js";
import {
  answerFields,
  type GlimpRouterCallOptions,
  isTextAnswer,
  replyLimit,
} from "../options/call-options.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";
import { checkAnswerers } from "../options/check-answerers.js";
import { checkCuts } from "../options/check-cuts.js";
import { checkMessages } from "../options/check-messages.js";
import type { Routing } from "../options/routing-options.js";
import type { Reply } from "../output/reply-events.js";
import { type Resuming, resumingOf } from "../resume/resuming.js";
import type { TellCustom } from "../tracing/tell-custom.js";
import { asidesOf } from "./asides-of.js";
import { checkJudge } from "./judge-of.js";
import { Lacking } from "./lacking.js";
import { ReplyDeadline } from "./reply-deadline.js";
import type { RoutedModels, Writers } from "./routed-models.js";
import { SetUpCheck } from "./set-up-check.js";
import { toPublicError } from "./to-public-error.js";

/** One call, as the chat model was given it. */
export interface ReplyCall {
  readonly messages: readonly BaseMessage[];
  readonly options: GlimpRouterCallOptions;
  /** The router's, or the call's own. */
  readonly routing: Routing;
  /** Tells what is no part of the reply. @defaultValue nobody is told */
  readonly tell?: TellCustom;
  /** Somebody is told each decision. */
  readonly isHeard: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The two models with their options: writes replies, any number of them at once. */
export class ReplyWriter {
  readonly #models: RoutedModels;
  readonly #options: ResolvedOptions;
  readonly #setUp: SetUpCheck;

  constructor(models: RoutedModels, options: ResolvedOptions) {
    this.#models = models;
    this.#options = options;
    this.#setUp = new SetUpCheck(models, options);
  }

  /**
   * One reply: its events as they happen, and its record at the end.
   *
   * @throws GlimpRouterError with everything that had been thought
   */
  async *write({
    messages,
    options,
    routing,
    tell = untold,
    isHeard,
    signal: given,
  }: ReplyCall): Reply {
    const { thinking, calibrated, deadline } = this.#options;
    const limits = limitsOf(this.#options);
    const time = new ReplyDeadline(deadline);
    const { signal, unlink } = linkSignals(given, time.signal);
    const { threshold, policy, point } = routing;
    let openings: Readonly<Record<Role, Opening>> | null = null;
    const recordOf = (state: ThoughtState) =>
      routingRecord(state, {
        threshold,
        answerBy: thinking === false ? null : limits.answerBy,
        openings,
        prices: limits.prices,
      });
    const secrets = () => this.#models.secrets();
    let resuming: Resuming = {};
    try {
      signal.throwIfAborted();
      checkMessages(messages);
      const answer = answerFields(options);
      const limit = replyLimit(options);
      const answerIn = isTextAnswer(answer) ? "text" : "chat";
      const shape = { ...limits, thinking, point, answerIn } as const;
      resuming = resumingOf(options.resume, messages, shape);
      const { tools } = answer;
      const prompt = { messages, thinking, answer, ...(tools === undefined ? {} : { tools }) };
      const pair = await this.#openPair(prompt, { answerIn, point, tell, signal });
      const { writers } = pair;
      openings = pair.openings;
      const answerStop = options.stop ?? this.#models.answerStop();
      const config: RouteConfig = { ...limits, ...limit, policy, thinking, answerIn, answerStop };
      const routed = point === undefined ? config : { ...config, point };
      const { topLogprobs } = limits;
      const input = {
        config: routed,
        ...pair,
        prompt,
        signal,
        left: resuming.resumed,
        now,
        isHeard,
        closeInMs: time.closeInMs,
        ...asidesOf(limits, { messages, writers, openings, topLogprobs, secrets }),
      };
      const state = yield* routeThought(input);
      settlePolicies(routed, state);
      // A call with a policy of its own says nothing of the calibrated one.
      const watch = policy === calibrated?.drift.policy ? calibrated.drift : null;
      const drift = watch?.hear(state.steps) ?? null;
      if (drift !== null) await tell(DRIFT_EVENT, drift);
      return recordOf(state);
    } catch (error) {
      throw toPublicError(error, signal, { recordOf, secrets, ...resuming });
    } finally {
      time.clear();
      unlink();
    }
  }

  /** Both models, their prompts rendered; or one, where the other is out and may be missing. */
  async #openPair(
    prompt: ThoughtPrompt,
    about: {
      readonly answerIn: "text" | "chat";
      readonly point: Routing["point"] | undefined;
      readonly tell: TellCustom;
      readonly signal: AbortSignal;
    },
  ): Promise<Pick<BegunWith, "openings" | "missing"> & { readonly writers: Writers }> {
    const { onFailure, verify } = this.#options;
    const { answerIn, point, tell, signal } = about;
    const lacking = new Lacking((role) => onFailure[role] === "other");
    const writers = await this.#models.writers(signal, lacking);
    const isWhole = lacking.missing === undefined;
    if (isWhole) {
      if (answerIn === "chat") checkAnswerers(writers, this.#options);
      checkCuts(writers, point);
      checkJudge(verify, writers);
    }
    // Beside the opening: the first reply waits for the longer of the two.
    const [openings] = await Promise.all([
      this.#models.open(prompt, signal, { writers, lacking }),
      isWhole ? this.#setUp.check(tell, signal) : undefined,
    ]);
    return { writers, openings, missing: lacking.missing };
  }
}

const now = (): number => performance.now();
const untold: TellCustom = async () => undefined;

/** What the router's loop takes of the options as it is. */
function limitsOf({
  continuation: _continuation,
  contextSize: _contextSize,
  affinity: _affinity,
  continuationPriority: _priority,
  threshold: _threshold,
  point: _point,
  thinking: _thinking,
  calibrated: _calibrated,
  deadline: _deadline,
  ...limits
}: ResolvedOptions) {
  return limits;
}
