import { splitParts } from "../../core/points/point-name.js";

const BLEND = "blend(";

/** A signal's name for readers: that of a blend holds its coefficients, and is long. */
export function shownSignal(name: string): string {
  if (!name.startsWith(BLEND)) return name;
  const [, ...terms] = splitParts(name.slice(BLEND.length, -1));
  return `blend of ${terms.map((term) => term.slice(term.indexOf("*") + 1)).join(", ")}`;
}
