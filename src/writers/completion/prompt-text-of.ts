import type { Opening } from "../../router/step-writer.js";

/** The rendered prompt with the opening tag behind it, `null` where the writer keeps no text. */
export function promptTextOf({ data }: Opening): string | null {
  if (typeof data === "string") return data;
  const { text } = (data ?? {}) as { text?: unknown };
  return typeof text === "string" ? text : null;
}
