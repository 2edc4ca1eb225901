import type {
  ClientReply,
  ClientRequestOptions,
  OpenAIClient,
} from "../connection/openai-client.js";
import { QUOTED_BYTES, readText } from "../connection/read-body.js";
import { OllamaRefusal } from "./ollama-refusal.js";

/** A `ChatOllama` as far as we use it. The package is an optional peer: never imported. */
interface OllamaChatModel {
  readonly baseUrl: string;
  readonly caller: unknown;
  /** The `ollama` package's client; it keeps the user's `fetch` and `headers`. */
  readonly client: {
    readonly config?: { readonly headers?: HeadersInit };
    readonly fetch?: typeof fetch;
    generate(request: unknown): unknown;
  };
  invocationParams(options?: Record<string, unknown>): Record<string, unknown>;
}

/** Is it a `ChatOllama`, or a subclass? By its shape: another copy of the package is as good. */
export function isChatOllama(model: unknown): model is OllamaChatModel {
  if (typeof model !== "object" || model === null) return false;
  const { baseUrl, client, invocationParams } = model as Partial<OllamaChatModel>;
  return (
    typeof baseUrl === "string" &&
    typeof client?.generate === "function" &&
    typeof invocationParams === "function"
  );
}

/** Names of models that a local server hands on to ollama.com. */
export function isCloudModel(name: unknown): boolean {
  return typeof name === "string" && /[:-]cloud$/i.test(name);
}

/**
 * A `ChatOllama` as a model that is reached by OpenAI's API, which Ollama has as well: the same address, headers, `fetch`, retries
 * and fields. Any other model is given as it is.
 */
export function asOpenAIModel(model: unknown): unknown {
  if (!isChatOllama(model)) return model;
  return {
    client: fetchClient(model),
    caller: model.caller,
    _getClientOptions: (options: ClientRequestOptions = {}) => ({
      ...options,
      headers: plainHeaders(model.client.config?.headers),
    }),
    invocationParams: (options: Record<string, unknown> = {}) => model.invocationParams(options),
  };
}

/** A client of that server; the `ollama` package's own would end all its streams at one abort. */
function fetchClient({ baseUrl, client }: OllamaChatModel): OpenAIClient {
  const baseURL = `${rootOf(baseUrl)}/v1`;
  const request = (method: "GET" | "POST", path: string, options: ClientRequestOptions = {}) => {
    const { body, headers, signal } = options;
    const asResponse = async () => {
      const send = client.fetch ?? fetch;
      const url = /^https?:/.test(path) ? path : baseURL + path;
      const reply = await send(url, {
        method,
        headers: { "content-type": "application/json", ...(headers as object | undefined) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (reply.ok) return reply;
      const { text } = await readText(reply, QUOTED_BYTES);
      throw new OllamaRefusal(reply.status, text, reply.headers);
    };
    // What is in the reply is read by whoever asked: nobody awaits the promise itself.
    return Object.assign(Promise.resolve(null), { asResponse }) as unknown as ClientReply<never>;
  };
  const create =
    (path: string) =>
    (body: unknown, options: ClientRequestOptions = {}) =>
      request("POST", path, { ...options, body });
  return {
    baseURL,
    get: (path, options) => request("GET", path, options),
    post: (path, options) => request("POST", path, options),
    completions: { create: create("/completions") },
    chat: { completions: { create: create("/chat/completions") } },
  };
}

/** As the `ollama` package reads an address: `host:port` is one, too. */
function rootOf(baseUrl: string): string {
  const address = baseUrl.includes("://") ? baseUrl : `http://${baseUrl}`;
  let end = address.length;
  while (address[end - 1] === "/") end--;
  return address.slice(0, end);
}

function plainHeaders(headers: HeadersInit | undefined): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  new Headers(headers).forEach((value, name) => {
    plain[name] = value;
  });
  return plain;
}
