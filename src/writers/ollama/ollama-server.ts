import { GlimpRouterError } from "../../errors.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { requestJson } from "../connection/send-request.js";
import { printableURL, quoteFor } from "../connection/server-error.js";

/** The first Ollama that gives log-probabilities. It heeds `truncate` and `shift` (0.12.6), too. */
const NEEDED = [0, 12, 11] as const;

/** Versions by server. Failures are not kept. */
const knownVersions = new Map<string, string>();

/** The server's own word for its version. */
export async function ollamaVersion(access: OpenAIAccess, signal?: AbortSignal): Promise<string> {
  const known = knownVersions.get(access.rootURL);
  if (known !== undefined) return known;
  const reply = await requestJson(access, `${access.rootURL}/api/version`, undefined, signal);
  const { version } = (reply ?? {}) as { version?: unknown };
  const told = typeof version === "string" ? version : "";
  if (told !== "") knownVersions.set(access.rootURL, told);
  return told;
}

/**
 * Older servers take every field that they do not know, and ignore it: no log-probabilities, and a prompt that is
 * cut without a word.
 *
 * @throws GlimpRouterError `invalid_option` naming the version that is needed
 */
export async function requireVersion(access: OpenAIAccess, signal?: AbortSignal): Promise<void> {
  const version = await ollamaVersion(access, signal);
  if (!isOlder(version)) return;
  // Once it is updated, it must be asked again.
  knownVersions.delete(access.rootURL);
  const { role } = access;
  const other = role === "large" ? ', or set `continuation: { large: "ask" }`' : "";
  throw new GlimpRouterError(
    `The ${role} model's server at ${printableURL(access)} is Ollama ${quoteFor(access, version)}, which gives no log-probabilities and cuts long prompts silently. Update it to ${NEEDED.join(".")} or newer${other}.`,
    { reason: "invalid_option", role },
  );
}

/** A build of one's own says 0.0.0, and a fork whatever it likes: what is no number is not judged. */
function isOlder(version: string): boolean {
  const numbers = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version)?.slice(1).map(Number);
  if (numbers === undefined || numbers.every((number) => number === 0)) return false;
  const at = NEEDED.findIndex((needed, index) => numbers[index] !== needed);
  return at !== -1 && (numbers[at] ?? 0) < (NEEDED[at] ?? 0);
}

/** A model that is in the server's memory. */
export interface LoadedModel {
  readonly name: string;
  /** Tokens of its context, as it was loaded; `null` where the server does not tell. */
  readonly contextLength: number | null;
}

/** What the server holds in its memory now. */
export async function loadedModels(
  access: OpenAIAccess,
  signal?: AbortSignal,
): Promise<readonly LoadedModel[]> {
  const reply = await requestJson(access, `${access.rootURL}/api/ps`, undefined, signal);
  const { models } = (reply ?? {}) as { models?: unknown };
  if (!Array.isArray(models)) return [];
  return models.map(({ model, name, context_length }) => ({
    name: String(model ?? name ?? ""),
    contextLength: typeof context_length === "number" && context_length > 0 ? context_length : null,
  }));
}

/** Names without a tag mean the tag `latest`; the server compares without case. */
export function isNamed({ name }: Pick<LoadedModel, "name">, model: unknown): boolean {
  const hasTag = (text: string) => text.lastIndexOf(":") > text.lastIndexOf("/");
  const whole = (text: string) => (hasTag(text) ? text : `${text}:latest`).toLowerCase();
  return typeof model === "string" && whole(name) === whole(model);
}

/** Does the tokenizer put a BOS before every text? By server and model; failures are not kept. */
const knownBos = new Map<string, boolean>();

export async function addsBos(
  access: OpenAIAccess,
  model: unknown,
  signal?: AbortSignal,
): Promise<boolean> {
  const key = JSON.stringify([access.rootURL, model]);
  const known = knownBos.get(key);
  if (known !== undefined) return known;
  const reply = await requestJson(access, `${access.rootURL}/api/show`, { model }, signal);
  const { model_info } = (reply ?? {}) as { model_info?: Readonly<Record<string, unknown>> | null };
  // Where a GGUF does not say, both engines add one.
  const adds = model_info?.["tokenizer.ggml.add_bos_token"] !== false;
  knownBos.set(key, adds);
  return adds;
}
