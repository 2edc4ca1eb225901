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
import { ListenerError, type ReplyListener } from "./reply-listener.js";
import type { RoutedModels, Writers } from "./routed-models.js";
import { SetUpCheck } from "./set-up-check.js";
import { toPublicError } from "./to-public-error.js";

/** One call, as the chat model was given it. */
export interface ReplyCall {
  readonly messages: readonly BaseMessage[];
  readonly options: GlimpRouterCallOptions;
  /** The router's, or the call's own. */
  readonly routing: Routing;
  /** @defaultValue each decision is handed out, and nobody is told besides */
  readonly listener?: ReplyListener;
  readonly signal?: AbortSignal | undefined;
}

/** What a call asks for, as it was read. */
interface Asked {
  readonly answerIn: "text" | "chat";
  readonly limit: ReturnType<typeof replyLimit>;
  readonly resuming: Resuming;
  readonly prompt: ThoughtPrompt;
}

/** The two models with their options: writes replies, any number of them at once. */
export class ReplyWriter {
  readonly #models: RoutedModels;
  readonly #options: ResolvedOptions;
  readonly #limits: Limits;
  readonly #setUp: SetUpCheck;

  constructor(models: RoutedModels, options: ResolvedOptions) {
    this.#models = models;
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#setUp = new SetUpCheck(models, options);
  }

  /**
   * One reply: its events as they happen, and its record at the end.
   *
   * @throws GlimpRouterError with everything that had been thought
   * @throws what a listener threw, as it is
   */
  async *write(call: ReplyCall): Reply {
    const { routing, listener } = call;
    const { thinking, deadline } = this.#options;
    const { answerBy, prices, topLogprobs } = this.#limits;
    const secrets = () => this.#models.secrets();
    const { tell = untold, isHeard = true } = listener ?? {};
    const time = new ReplyDeadline(deadline);
    const { signal, unlink } = linkSignals(call.signal, time.signal);
    let openings: Readonly<Record<Role, Opening>> | null = null;
    const recordOf = (state: ThoughtState) =>
      routingRecord(state, {
        threshold: routing.threshold,
        answerBy: thinking === false ? null : answerBy,
        openings,
        prices,
      });
    let resuming: Resuming = {};
    let thought: ReturnType<typeof routeThought> | null = null;
    try {
      signal.throwIfAborted();
      const asked = this.#read(call);
      resuming = asked.resuming;
      const { prompt } = asked;
      const pair = await this.#openPair(asked, { point: routing.point, tell, signal });
      openings = pair.openings;
      const config = this.#configOf(call, asked);
      const left = resuming.resumed;
      const { messages } = call;
      const asides = asidesOf(this.#limits, { ...pair, messages, topLogprobs, secrets });
      const { closeInMs } = time;
      const about = { config, ...pair, ...asides, prompt, signal, left, now, isHeard, closeInMs };
      thought = routeThought(about);
      // Not `yield*`: a generator of the listener's around it would be one more promise for each token.
      let item = await thought.next();
      for (; item.done !== true; item = await thought.next()) {
        const told = listener?.hear(item.value) ?? null;
        if (told !== null) await told;
        yield item.value;
      }
      await this.#settle(config, item.value, tell);
      const record = recordOf(item.value);
      await listener?.end(record);
      return record;
    } catch (error) {
      const context = { recordOf, secrets, ...resuming };
      const isListeners = error instanceof ListenerError;
      const failure = isListeners ? error.cause : toPublicError(error, signal, context);
      await listener?.fail(failure);
      throw failure;
    } finally {
      time.clear();
      unlink();
      await thought?.return(undefined as never);
      await listener?.close();
    }
  }

  /** @throws GlimpRouterError on what cannot be asked */
  #read({ messages, options, routing: { point } }: ReplyCall): Asked {
    checkMessages(messages);
    const { thinking } = this.#options;
    const answer = answerFields(options);
    const answerIn = isTextAnswer(answer) ? "text" : "chat";
    const shape = { ...this.#limits, thinking, point, answerIn } as const;
    const { tools } = answer;
    return {
      answerIn,
      limit: replyLimit(options),
      resuming: resumingOf(options.resume, messages, shape),
      prompt: { messages, thinking, answer, ...(tools === undefined ? {} : { tools }) },
    };
  }

  #configOf({ options, routing }: ReplyCall, { limit, answerIn }: Asked): RouteConfig {
    const { policy, point } = routing;
    const { thinking } = this.#options;
    const answerStop = options.stop ?? this.#models.answerStop();
    const config = { ...this.#limits, ...limit, policy, thinking, answerIn, answerStop };
    return point === undefined ? config : { ...config, point };
  }

  /** What is learned of a reply that is whole. */
  async #settle(config: RouteConfig, state: ThoughtState, tell: TellCustom): Promise<void> {
    settlePolicies(config, state);
    const { calibrated } = this.#options;
    // A call with a policy of its own says nothing of the calibrated one.
    const watch = config.policy === calibrated?.drift.policy ? calibrated.drift : null;
    const drift = watch?.hear(state.steps) ?? null;
    if (drift !== null) await tell(DRIFT_EVENT, drift);
  }

  /** Both models, their prompts rendered; or one, where the other is out and may be missing. */
  async #openPair(
    { prompt, answerIn }: Asked,
    about: {
      readonly point: Routing["point"] | undefined;
      readonly tell: TellCustom;
      readonly signal: AbortSignal;
    },
  ): Promise<Pick<BegunWith, "openings" | "missing"> & { readonly writers: Writers }> {
    const { onFailure, verify } = this.#options;
    const { point, tell, signal } = about;
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

type Limits = ReturnType<typeof limitsOf>;

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
