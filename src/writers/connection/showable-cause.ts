import type { Secrets } from "./secrets.js";
import { isShowable, quote } from "./server-words.js";

/** The most values that are looked at in a cause. One that has more is not known to be safe. */
const MOST_VALUES = 2_000;

/**
 * The cause of an error, as logs and traces may show it. An error of an SDK's holds the server's whole answer,
 * its headers, now and then the request: where any of it quotes a secret, steers a terminal or is very long, it
 * is replaced by one with its name, its status and a safe message.
 */
export function showableCause(error: unknown, secrets: Secrets): unknown {
  if (isSafe(error, { secrets, seen: new Set(), left: MOST_VALUES })) return error;
  const { name, message, status, code } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const said = typeof message === "string" ? message : String(error);
  return Object.assign(new Error(quote(said, secrets)), {
    ...(typeof name === "string" ? { name: quote(name, secrets) } : {}),
    ...(typeof status === "number" ? { status } : {}),
    ...(typeof code === "number" ? { code } : {}),
    ...(typeof code === "string" ? { code: quote(code, secrets) } : {}),
  });
}

interface Look {
  readonly secrets: Secrets;
  readonly seen: Set<object>;
  left: number;
}

function isSafe(value: unknown, look: Look): boolean {
  if (--look.left < 0) return false;
  if (typeof value === "string") return isShowable(value, look.secrets);
  if (typeof value !== "object" || value === null || look.seen.has(value)) return true;
  // Bytes: nobody knows what they spell.
  if (ArrayBuffer.isView(value)) return false;
  look.seen.add(value);
  for (const part of partsOf(value)) if (!isSafe(part, look)) return false;
  return true;
}

function* partsOf(value: object): Generator<unknown> {
  if (value instanceof Headers || value instanceof Map || value instanceof Set) {
    const entries: unknown[] = [];
    (value as Map<unknown, unknown>).forEach((each, name) => {
      entries.push(name, each);
    });
    yield* entries;
  }
  // Message, stack and cause of an error are fields that no listing shows.
  for (const field of Reflect.ownKeys(value)) {
    yield field;
    yield readField(value, field);
  }
}

/** Of accessors, too: newer engines keep an error's stack in one. */
function readField(object: object, field: PropertyKey): unknown {
  try {
    return (object as Readonly<Record<PropertyKey, unknown>>)[field];
  } catch {
    return null;
  }
}
