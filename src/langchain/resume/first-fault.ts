import type { z } from "zod";

/**
 * What is wrong first with a value from outside, by its field: `` `thought.step.ms`: "7". Invalid input ``; `null` where
 * nothing is.
 *
 * @param name - of the whole value
 */
export function firstFault(name: string, schema: z.ZodType, value: unknown): string | null {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return null;
  // A field that is too much is named itself, not the object that has it.
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...unknown];
  return `\`${[name, ...path].join(".")}\`: ${shortly(valueAt(value, path))}. ${issue.message}`;
}

/** A value in an error's words. */
export function shortly(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 100 ? `${json.slice(0, 100)}...` : json;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (each, key) => (each as Readonly<Record<PropertyKey, unknown>> | null)?.[key],
    value,
  );
}
