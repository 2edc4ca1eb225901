/** A value in an error's words. Objects by their kind only: one given by mistake may be a model, with its key. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function (was it to be called?)" : String(value);
}
