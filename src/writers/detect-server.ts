import type { OpenAIAccess } from "./connection/openai-client.js";
import { withRetries } from "./connection/retries.js";
import { requestJsonOnce } from "./connection/send-request.js";
import { answerStatus, printableURL, serverError } from "./connection/server-error.js";
import { SharedQuestions } from "./shared-questions.js";

/** Kinds of servers that can be told apart by asking; each but LiteLLM, a gateway, is the name of its continuation. */
export type ServerKind = "vllm" | "llamacpp" | "sglang" | "ollama" | "litellm";

/** What is known of a base URL. A gateway may have models of several kinds behind it. */
type KindOfModel = (model: unknown) => ServerKind | null;

/** Root URLs of servers, and what they are. Failures are not kept: a server may just be starting. */
const knownServers = new Map<string, KindOfModel>();

const questions = new SharedQuestions<KindOfModel>();

/** APIs that continue no unfinished thought, by the end of their host names: no request needed. */
const HOSTED_APIS = [
  "api.openai.com",
  "openai.azure.com",
  "cognitiveservices.azure.com",
  "services.ai.azure.com",
  "models.github.ai",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "aiplatform.googleapis.com",
  "api.deepseek.com",
  "api.mistral.ai",
  "api.x.ai",
  "api.groq.com",
  "api.cerebras.ai",
  "api.cohere.com",
  "api.cohere.ai",
  "api.perplexity.ai",
  "api.moonshot.ai",
  "api.moonshot.cn",
  "api.z.ai",
  "open.bigmodel.cn",
  "dashscope.aliyuncs.com",
  "dashscope-intl.aliyuncs.com",
  "openrouter.ai",
  "ollama.com",
];

/** Is the base URL that of a hosted API which gives no raw text completions? */
export function isHostedApi({ client }: OpenAIAccess): boolean {
  try {
    const { hostname } = new URL(client.baseURL);
    return HOSTED_APIS.some((api) => isWithin(hostname, api));
  } catch {
    return false;
  }
}

/** Regions stand before a dot, or before a dash. */
export function isWithin(hostname: string, api: string): boolean {
  if (!hostname.endsWith(api)) return false;
  const before = hostname.at(-api.length - 1);
  return before === undefined || before === "." || before === "-";
}

/**
 * Asks the model's server what it is, once per process and base URL, with the user's own client. Models at
 * one address share the question, but neither their retries nor their patience.
 *
 * @returns the kind, `null` where the server is none that is known
 * @throws GlimpRouterError `server` where it cannot be reached, or lets nobody in; the signal's reason
 */
export async function detectServer(
  access: OpenAIAccess,
  signal?: AbortSignal,
): Promise<ServerKind | null> {
  const { rootURL, client } = access;
  const kindIn = (kindOfModel: KindOfModel) => kindOfModel(access.invocationParams().model);
  // What one key is refused for is nothing to another.
  const key = JSON.stringify([rootURL, client.apiKey]);
  const attempt = async () => {
    const known = knownServers.get(rootURL);
    if (known !== undefined) return kindIn(known);
    const asked = await questions.ask(key, (own) => askServer(access, own), signal);
    const kind = kindIn(asked);
    if (kind !== null) knownServers.set(rootURL, asked);
    return kind;
  };
  try {
    return await (knownServers.has(rootURL) ? attempt() : withRetries(access, attempt, signal));
  } catch (error) {
    signal?.throwIfAborted();
    throw serverError(error, access, `telling what it is (GET ${printableURL(access)})`);
  }
}

/** What only one kind of server answers at its root. Cheap questions, asked in this order until one fits. */
const QUESTIONS: readonly {
  readonly path: string;
  readonly kindOf: (reply: unknown, list: ModelList) => ServerKind | null;
}[] = [
  {
    // Others have a version, too (LocalAI): a list of models that vLLM has not signed is not vLLM's.
    path: "/version",
    kindOf: (reply, list) =>
      !list.isUnsigned && typeof toRecord(reply).version === "string" ? "vllm" : null,
  },
  {
    path: "/props",
    kindOf: (reply) => ("default_generation_settings" in toRecord(reply) ? "llamacpp" : null),
  },
  {
    path: "/get_model_info",
    kindOf: (reply) => (typeof toRecord(reply).model_path === "string" ? "sglang" : null),
  },
  {
    path: "/api/version",
    kindOf: (reply) => (typeof toRecord(reply).version === "string" ? "ollama" : null),
  },
  {
    path: "/health/liveliness",
    kindOf: (reply) => (reply === "I'm alive!" ? "litellm" : null),
  },
];

async function askServer(access: OpenAIAccess, signal: AbortSignal): Promise<KindOfModel> {
  const refusals: unknown[] = [];
  const ask = async (url: string) => {
    try {
      return await requestJsonOnce(access, url, undefined, signal);
    } catch (error) {
      const status = answerStatus(error);
      // It answers, but not to this question.
      if (status === null || status >= 500) throw error;
      if (status === 401 || status === 403) refusals.push(error);
      return null;
    }
  };
  // The servers sign their models, and a gateway may hide all but /v1.
  const list = readList(await ask("/models"));
  if (list.signed !== null) return list.signed;
  for (const { path, kindOf } of QUESTIONS) {
    const kind = kindOf(await ask(access.rootURL + path), list);
    if (kind !== null) return () => kind;
  }
  if (refusals.length > 0) throw refusals.at(-1);
  return () => null;
}

/** `owned_by` as each server writes it into its list of models. */
const SIGNATURES: ReadonlyMap<unknown, ServerKind> = new Map<unknown, ServerKind>([
  ["vllm", "vllm"],
  ["sglang", "sglang"],
  ["llamacpp", "llamacpp"],
]);

/** What `/v1/models` says. */
interface ModelList {
  /** It has models, and none of them is signed. */
  readonly isUnsigned: boolean;
  readonly signed: KindOfModel | null;
}

function readList(reply: unknown): ModelList {
  const { data } = toRecord(reply);
  const models = (Array.isArray(data) ? data : []).map(toRecord);
  const kinds = new Map<unknown, ServerKind>();
  for (const { id, owned_by } of models) {
    const kind = SIGNATURES.get(owned_by);
    if (kind !== undefined) kinds.set(id, kind);
  }
  if (kinds.size === 0) return { isUnsigned: models.length > 0, signed: null };
  const [first = null, ...others] = new Set(kinds.values());
  // Servers of one model may take any name for it.
  const only = others.length === 0 && kinds.size === models.length ? first : null;
  return { isUnsigned: false, signed: (model) => kinds.get(model) ?? only };
}

function toRecord(reply: unknown): Readonly<Record<string, unknown>> {
  return typeof reply === "object" && reply !== null ? (reply as Record<string, unknown>) : {};
}
