import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { sha256 } from "@langchain/core/utils/hash";
import { identityOf } from "./identity-of.js";

/** Whose reply it is does not depend on these. */
const SECRET = /api_?key|token$|secret|password|authorization|headers|credential|salt$/i;

/** Secrets as a rule, and now and then what a server is chosen by: told apart, and not told. */
const QUERY = /query$/i;

/** A model by its own description, without what must not be written into a cache. */
export function identifyModel(model: BaseChatModel): Record<string, unknown> {
  const { defaultOptions } = model as { defaultOptions?: unknown };
  const described = model._identifyingParams();
  return {
    type: model._llmType(),
    // A model that does not describe itself is like no other.
    ...(Object.keys(described).length === 0 ? { identity: identityOf(model) } : {}),
    ...(withoutSecrets({ ...described, defaultOptions }) as object),
  };
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return withoutCredentials(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRET.test(key))
      .map(([key, inner]) => [key, QUERY.test(key) ? hashed(inner) : withoutSecrets(inner)]),
  );
}

/** Of an address. */
function withoutCredentials(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return text;
  const { username, password, search, host, pathname, protocol } = new URL(text);
  if (username + password + search === "") return text;
  return `${protocol}//${host}${pathname}${search === "" ? "" : `?${hashed(search)}`}`;
}

function hashed(value: unknown): unknown {
  return value === undefined ? undefined : sha256(JSON.stringify(value));
}
