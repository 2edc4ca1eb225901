/** A place in a value, as a path of its keys, and what is wrong there. */
export interface JsonFault {
  readonly path: readonly (string | number)[];
  readonly why: string;
}

/** Objects in objects: more than any state of ours has, and less than a stack holds. */
const MOST_DEPTH = 64;

/**
 * Looks whether a value from outside is what `JSON.parse` gives, of a bounded size, and without the key that would change
 * an object's prototype where it is copied.
 *
 * @param most - characters that its strings and keys may have together, each other value counted as one
 * @returns the first fault, `null` where there is none
 */
export function jsonFault(value: unknown, most: number): JsonFault | null {
  let size = 0;
  const look = (each: unknown, path: JsonFault["path"]): JsonFault | null => {
    size += typeof each === "string" ? each.length + 1 : 1;
    if (size > most) return { path: [], why: `is larger than ${most} characters` };
    return typeof each === "object" && each !== null
      ? lookInside(each, path)
      : leafFault(each, path);
  };
  const lookInside = (each: object, path: JsonFault["path"]): JsonFault | null => {
    if (path.length >= MOST_DEPTH) return { path: [], why: `is deeper than ${MOST_DEPTH} objects` };
    if (!isPlain(each)) return { path, why: "is an object of a class, not JSON" };
    for (const [key, inner] of Array.isArray(each) ? each.entries() : Object.entries(each)) {
      const at = [...path, key];
      size += String(key).length;
      const fault = key === "__proto__" ? { path: at, why: "is no field" } : look(inner, at);
      if (fault !== null) return fault;
    }
    return null;
  };
  return look(value, []);
}

function leafFault(value: unknown, path: JsonFault["path"]): JsonFault | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value !== "number") return { path, why: `is of type ${typeof value}, not JSON` };
  return Number.isFinite(value) ? null : { path, why: `is ${value}, which JSON cannot hold` };
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of another realm, too: a worker's, or a test runner's.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
