import { usedInstead } from "./error-bodies.js";

/** A text that must not be shown, and what is written in its place. */
export interface Secret {
  readonly text: string;
  readonly instead: "[API key]" | "[secret]";
}

/** The longest first: one may hold another. */
export type Secrets = readonly Secret[];

/**
 * Every secret that a model or a client carries: its keys, its headers but for those that are the same
 * everywhere, the credentials and the query of its address, and what in a request's body is named like one. Read anew for each error: a key that is a function
 * is known only once it was called.
 */
export function secretsOf(...carriers: readonly unknown[]): Secrets {
  const found = new Map<string, Secret>();
  for (const carrier of carriers) {
    for (const { text, instead } of secretsIn(carrier, DEPTH)) {
      for (const written of spellings(text)) {
        if (isTelling(written) && !found.has(written))
          found.set(written, { text: written, instead });
      }
    }
  }
  return [...found.values()].sort((a, b) => b.text.length - a.text.length);
}

/** The OpenAI SDK's client keeps its options one level down, the model its client another. */
const DEPTH = 3;

/** Where LangChain's models and the SDKs' clients keep their settings. */
const NESTED: ReadonlySet<string> = new Set([
  "client",
  "clientConfig",
  "clientOptions",
  "configuration",
  "completions",
  "_defaultConfig",
  "_options",
  "defaultOptions",
  "options",
]);
const HEADERS: ReadonlySet<string> = new Set(["defaultHeaders", "headers"]);
const QUERIES: ReadonlySet<string> = new Set(["defaultQuery", "query"]);
/** Further fields of each request's body. Gateways take keys there (LiteLLM's `api_key`). */
const BODIES: ReadonlySet<string> = new Set(["modelKwargs", "extra_body"]);
/** vLLM's `cache_salt` is what keeps one tenant's prompts from another. */
const SECRET_BODY_FIELD = /key$|token$|secret|password|credential|salt$|auth(orization)?$/i;

/** Fields of LangChain's models and of clients; sent as headers, the last two. */
const SECRET_FIELD = /key$|token$|secret|password|credential|access_?key|^organization$|^project$/i;
const KEY_FIELD = /api_?key$/i;
const ADDRESS_FIELD = /ur[il]$|endpoint$|^basepath$/i;

function secretsIn(carrier: unknown, depth: number): readonly Secret[] {
  if (typeof carrier !== "object" || carrier === null) return [];
  const key = secretsOfField("apiKey", usedInstead(carrier)?.apiKey);
  const others = Object.entries(carrier).flatMap(([field, value]) =>
    NESTED.has(field) && depth > 0 ? secretsIn(value, depth - 1) : secretsOfField(field, value),
  );
  return [...key, ...others];
}

function secretsOfField(field: string, value: unknown): readonly Secret[] {
  if (HEADERS.has(field)) return headerSecrets(value).map(plain);
  if (QUERIES.has(field)) return textsIn(value).map(plain);
  if (BODIES.has(field)) return bodySecrets(value).map(plain);
  if (typeof value !== "string") return [];
  if (KEY_FIELD.test(field)) return [{ text: value, instead: "[API key]" }];
  if (SECRET_FIELD.test(field)) return [plain(value)];
  return ADDRESS_FIELD.test(field) ? addressSecrets(value).map(plain) : [];
}

/** At any depth; other fields are settings, and may be quoted. */
function bodySecrets(body: unknown): readonly string[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([field, value]) =>
    SECRET_BODY_FIELD.test(field) ? textsIn(value) : bodySecrets(value),
  );
}

function plain(text: string): Secret {
  return { text, instead: "[secret]" };
}

/** What clients send to everybody. Any other header may be a secret. */
const HARMLESS_HEADER =
  /^(accept(-.*)?|cache-control|connection|content-.*|date|host|http-referer|openai-beta|origin|pragma|referer|user-agent|x-stainless-.*|x-title)$/i;

/** A header of several parts, each of which is a secret: a scheme and its credentials, cookies. */
const SECRET_HEADER = /auth|cookie|credential|key|password|secret|session|token/i;

function headerSecrets(headers: unknown): readonly string[] {
  return headerEntries(headers)
    .filter(([name]) => !HARMLESS_HEADER.test(name))
    .flatMap(([name, value]) =>
      textsIn(value).flatMap((text) =>
        SECRET_HEADER.test(name) ? [text, ...partsOf(text)] : [text],
      ),
    );
}

/** An object, pairs, the web's `Headers`, or the SDK's own around them. */
function headerEntries(headers: unknown): readonly (readonly [name: string, value: unknown])[] {
  if (typeof headers !== "object" || headers === null) return [];
  if (headers instanceof Headers) {
    const entries: [string, string][] = [];
    headers.forEach((value, name) => {
      entries.push([name, value]);
    });
    return entries;
  }
  const { values } = headers as { values?: unknown };
  if (values instanceof Headers) return headerEntries(values);
  return Array.isArray(headers)
    ? headers.map(([name, value]) => [String(name), value])
    : Object.entries(headers);
}

/** `Bearer KEY`, `Basic BASE64`, `name=VALUE; name=VALUE`. */
function partsOf(text: string): readonly string[] {
  const parts = text.split(/[\s;,]+/);
  const [scheme = "", credentials = ""] = parts;
  const basic = scheme.toLowerCase() === "basic" ? decodedBase64(credentials) : "";
  const values = parts.map((part) => part.slice(part.indexOf("=") + 1));
  return [...parts, ...values, basic, ...basic.split(":")];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}

function addressSecrets(address: string): readonly string[] {
  try {
    const { username, password, searchParams } = new URL(address);
    const basic = password === "" ? [] : [btoa(`${decoded(username)}:${decoded(password)}`)];
    return [username, password, ...basic, ...searchParams.values()];
  } catch {
    return [];
  }
}

/** As a server may quote it: in JSON, in an address, or read from one. */
function spellings(text: string): readonly string[] {
  return [text, JSON.stringify(text).slice(1, -1), encoded(text), decoded(text)];
}

/** What people write where a server takes any key, and words that every text has. */
const PLACEHOLDER =
  /^(any|basic|bearer|dummy|empty|fake|false|key|llama|llama\.?cpp|lm-studio|local|localhost|missing key|no-key|none|not-needed|null|ollama|sglang|sk-no-key-required|test|token|true|undefined|unused|vllm)$/i;

/** Shorter ones cannot be told from ordinary text. */
const SHORTEST = 3;

function isTelling(text: string): boolean {
  return text.length >= SHORTEST && !PLACEHOLDER.test(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

function decodedBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}
