import { GlimpRouterError } from "../../errors.js";
import type { Role } from "../../router/step-writer.js";
import { boundErrorBodies } from "./error-bodies.js";

/** What a request may carry beside its body; the OpenAI SDK's `RequestOptions` as far as we use them. */
export interface ClientRequestOptions {
  readonly signal?: AbortSignal;
  readonly body?: unknown;
  readonly [key: string]: unknown;
}

/** The SDK's promise of what a reply holds; `asResponse` gives the reply itself, its body not yet read. */
export interface ClientReply<Content> extends Promise<Content> {
  asResponse?(): Promise<Response>;
}

interface GenerationEndpoint {
  create(
    body: Record<string, unknown>,
    options?: ClientRequestOptions,
  ): ClientReply<AsyncIterable<unknown>>;
}

/** The OpenAI SDK's client as far as we use it. Both packages are optional peers: never imported. */
export interface OpenAIClient {
  readonly baseURL: string;
  readonly apiKey?: string | null;
  get(path: string, options?: ClientRequestOptions): ClientReply<unknown>;
  post(path: string, options?: ClientRequestOptions): ClientReply<unknown>;
  readonly completions: GenerationEndpoint;
  readonly chat: { readonly completions: GenerationEndpoint };
}

/** LangChain's `AsyncCaller`: the retries and the concurrency limit that the user gave the model. */
export interface ModelCaller {
  readonly maxRetries?: number;
  readonly maxConcurrency?: number;
  /** Where this is another way to use a caller: what fails here fails there. */
  readonly of?: ModelCaller;
  /** Throws where another try is not worth it. */
  onFailedAttempt?(error: unknown): unknown;
  callWithOptions<Result>(
    options: { readonly signal?: AbortSignal },
    send: () => Promise<Result>,
  ): Promise<Result>;
}

/** A `ChatOpenAI`, or the `ChatOpenAICompletions` inside it (which does its requests). */
interface OpenAIChatModel {
  readonly model: string;
  readonly client?: OpenAIClient;
  readonly caller: ModelCaller;
  readonly completions?: OpenAIChatModel;
  readonly defaultOptions?: Record<string, unknown>;
  readonly useResponsesApi?: boolean;
  _getClientOptions(options?: ClientRequestOptions): ClientRequestOptions;
  _useResponsesApi?(options?: Record<string, unknown>): boolean;
  invocationParams(options?: Record<string, unknown>): Record<string, unknown>;
}

/** The way to the server that a user's `ChatOpenAI` already carries. */
export interface OpenAIAccess {
  readonly role: Role;
  readonly client: OpenAIClient;
  readonly caller: ModelCaller;
  /** The server's own address: the base URL without `/v1`. `/tokenize`, `/version` and the like live there. */
  readonly rootURL: string;
  /** The fields of a chat request as the model would send them now, its own call options included. */
  invocationParams(): Record<string, unknown>;
  /** The options that the model gives every request. */
  requestOptions(signal?: AbortSignal): ClientRequestOptions;
}

/** Does the model talk to an OpenAI-compatible server by the OpenAI SDK? */
export function hasOpenAIClient(model: unknown): boolean {
  return doer(model) !== null;
}

/** What sends a model's requests, one for each model object; a model without one stands for itself. */
export function callerOf(model: object): object {
  const { caller } = doer(model)?.inner ?? (model as { readonly caller?: unknown });
  return typeof caller === "object" && caller !== null ? caller : model;
}

/** Can the model's client be used for text completions? Azure and the Responses API know none. */
export function sendsTextCompletions(model: unknown): boolean {
  const found = doer(model);
  if (found === null || "azureOpenAIApiKey" in found.inner) return false;
  return found.outer.useResponsesApi !== true;
}

/**
 * Finds the client of a LangChain `ChatOpenAI`, of a subclass, or of a `withConfig` clone. The client is
 * lazy: asking for its options creates it, and that is all that changes in the model.
 *
 * @throws GlimpRouterError `invalid_option` where the model has none that could continue a text
 */
export function openAIAccess(model: unknown, role: Role): OpenAIAccess {
  const found = doer(model);
  if (found === null) {
    throw unusable(
      role,
      "has no OpenAI client, so its server cannot be asked to continue a text. Use `ChatOpenAI` of @langchain/openai with `configuration: { baseURL }`",
    );
  }
  const { outer, inner } = found;
  if ("azureOpenAIApiKey" in inner) {
    throw unusable(role, "talks to Azure OpenAI, which continues no unfinished thought");
  }
  if (outer.useResponsesApi === true) {
    throw unusable(
      role,
      "is set to the Responses API, which continues no unfinished thought. Set `useResponsesApi: false`",
    );
  }
  const client = createdClient(inner, role);
  const defaults = () => ({ ...inner.defaultOptions, ...outer.defaultOptions });
  return {
    role,
    client,
    caller: inner.caller,
    rootURL: rootOf(client.baseURL),
    // Some model names make `ChatOpenAI` describe a Responses request: the inner model never does.
    invocationParams: () =>
      (outer._useResponsesApi?.(defaults()) ? inner : outer).invocationParams(defaults()),
    requestOptions: (signal) =>
      inner._getClientOptions({
        ...(defaults().options as ClientRequestOptions | undefined),
        ...(signal === undefined ? {} : { signal }),
      }),
  };
}

function rootOf(baseURL: string): string {
  let end = baseURL.length;
  while (baseURL[end - 1] === "/") end--;
  const address = baseURL.slice(0, end);
  return address.endsWith("/v1") ? address.slice(0, -"/v1".length) : address;
}

function doer(model: unknown): { outer: OpenAIChatModel; inner: OpenAIChatModel } | null {
  if (!isOpenAIChatModel(model)) return null;
  return { outer: model, inner: isOpenAIChatModel(model.completions) ? model.completions : model };
}

function isOpenAIChatModel(model: unknown): model is OpenAIChatModel {
  if (typeof model !== "object" || model === null) return false;
  const { _getClientOptions, invocationParams, caller } = model as Partial<OpenAIChatModel>;
  return (
    typeof _getClientOptions === "function" &&
    typeof invocationParams === "function" &&
    typeof caller?.callWithOptions === "function"
  );
}

function createdClient(inner: OpenAIChatModel, role: Role): OpenAIClient {
  try {
    inner._getClientOptions();
  } catch (cause) {
    throw unusable(
      role,
      `could not create its client: ${cause instanceof Error ? cause.message : String(cause)} (a server without keys takes any: \`apiKey: "none"\`)`,
      cause,
    );
  }
  const { client } = inner;
  if (
    typeof client?.post === "function" &&
    typeof client.get === "function" &&
    typeof client.baseURL === "string" &&
    typeof client.completions?.create === "function"
  ) {
    return boundErrorBodies(client);
  }
  throw unusable(
    role,
    "has an OpenAI client of a kind that is not known here. Use `ChatOpenAI` of @langchain/openai 1.5 or newer",
  );
}

function unusable(role: Role, why: string, cause?: unknown): GlimpRouterError {
  return new GlimpRouterError(`The ${role} model ${why}.`, {
    reason: "invalid_option",
    role,
    cause,
  });
}
