import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { below } from "../../core/policies/below.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import { GlimpRouterChatModel } from "../../langchain/chat-model.js";
import { isHeaderValue } from "../../langchain/options/affinity.js";
import type { GlimpRouterCallOptions } from "../../langchain/options/call-options.js";
import type { ChatRequest } from "../request/read-request.js";
import type { Served } from "../serve-options.js";
import { type ModelAsked, noModel, readModelName } from "./model-names.js";
import { type Sampling, sampledModel } from "./sampled-model.js";
import { sharePolicy } from "./share-policy.js";

/** What answers a request: a chat model, what its call is given, and what is known before. */
export interface ModelCall {
  readonly model: BaseChatModel;
  readonly options: GlimpRouterCallOptions;
  readonly isRouted: boolean;
  /** tau in the point's unit, and the calibration's id. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Routers with sampling of a request's own that are kept: what a model's client found out of its server goes with it. */
const KEPT = 16;

/** The models that are served, by the names that clients know. */
export class ServedModels {
  readonly #served: Pick<Served, "router" | "fields">;
  readonly #sampled = new Map<string, GlimpRouterChatModel>();

  constructor(served: Pick<Served, "router" | "fields">) {
    this.#served = served;
  }

  /** @throws ApiError 404 where there is no model of that name */
  requireName(name: string): void {
    this.#routingOf(readModelName(name), name);
  }

  /** @throws ApiError likewise */
  callFor(request: ChatRequest): ModelCall {
    const asked = readModelName(request.model);
    const sampling = samplingOf(request);
    const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? undefined;
    const answer = answerOptions(request);
    if (asked.kind !== "routed") {
      const limited = maxTokens === undefined ? sampling : { ...sampling, maxTokens };
      const model = sampledModel(this.#served.router[asked.kind], limited);
      return { model, options: answer, isRouted: false, headers: {} };
    }
    const { options, headers } = this.#routingOf(asked, request.model);
    return {
      model: this.#routerWith(sampling),
      options: { ...answer, ...options, ...(maxTokens === undefined ? {} : { maxTokens }) },
      isRouted: true,
      headers,
    };
  }

  #routingOf(
    asked: ModelAsked,
    name: string,
  ): { readonly options: GlimpRouterCallOptions; readonly headers: ModelCall["headers"] } {
    const calibration = this.#calibration;
    const known = calibrationHeader(calibration);
    const headersOf = (tau: number) => ({ ...known, "x-glimprouter-tau": String(tau) });
    if ("share" in asked) {
      if (calibration === null) {
        throw noModel(name, "A share of the steps needs a calibration: glimprouter calibrate.");
      }
      const { tau, policy } = sharePolicy(calibration, asked.share);
      return { options: { policy }, headers: headersOf(tau) };
    }
    if ("tau" in asked) {
      const isBelow = calibration?.direction === "below";
      const options = isBelow ? { policy: below(asked.tau) } : { threshold: asked.tau };
      return { options, headers: headersOf(asked.tau) };
    }
    const { threshold } = this.#served.router.invocationParams();
    return { options: {}, headers: typeof threshold === "number" ? headersOf(threshold) : known };
  }

  get #calibration(): Calibration | null {
    const { threshold } = this.#served.fields;
    return typeof threshold === "object" && threshold !== null ? threshold : null;
  }

  #routerWith(sampling: Sampling): GlimpRouterChatModel {
    const { router, fields } = this.#served;
    const small = sampledModel(router.small, sampling);
    const large = sampledModel(router.large, sampling);
    if (small === router.small && large === router.large) return router;
    const key = JSON.stringify([sampling.temperature, sampling.topP, sampling.seed]);
    const made = this.#sampled.get(key) ?? new GlimpRouterChatModel({ ...fields, small, large });
    // Put in anew: the first of a map is the one that was used longest ago.
    this.#sampled.delete(key);
    this.#sampled.set(key, made);
    const [oldest] = this.#sampled.keys();
    if (this.#sampled.size > KEPT && oldest !== undefined) this.#sampled.delete(oldest);
    return made;
  }
}

/** A file's own name may hold what no header can. */
function calibrationHeader(calibration: Calibration | null): ModelCall["headers"] {
  return calibration !== null && isHeaderValue(calibration.id)
    ? { "x-glimprouter-calibration": calibration.id }
    : {};
}

function samplingOf({ temperature, top_p, seed }: ChatRequest): Sampling {
  return {
    ...(temperature == null ? {} : { temperature }),
    ...(top_p == null ? {} : { topP: top_p }),
    ...(seed == null ? {} : { seed }),
  };
}

function answerOptions(request: ChatRequest): GlimpRouterCallOptions {
  const { stop, tools, tool_choice, parallel_tool_calls, response_format } = request;
  return {
    // Chunks have their text as a string then, whatever the model was made with.
    outputVersion: "v0",
    ...(stop == null ? {} : { stop: typeof stop === "string" ? [stop] : stop }),
    ...(tools == null || tools.length === 0 ? {} : { tools }),
    ...(tool_choice == null ? {} : { tool_choice }),
    ...(parallel_tool_calls == null ? {} : { parallel_tool_calls }),
    ...(response_format == null ? {} : { response_format }),
  };
}
