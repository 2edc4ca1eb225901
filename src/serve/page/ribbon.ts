import type { Make } from "../../page/element.js";
import type { ShownStep } from "../../page/shown-thought.js";

/** More of them could not be told apart. */
const MOST = 100;

interface Stretch {
  readonly route: string;
  readonly length: number;
}

/** A whole thought in one line: who wrote, in order, as long as what they wrote. */
export function ribbonOf(make: Make, steps: readonly ShownStep[]): HTMLElement {
  const stretches = steps.flatMap(stretchesOf);
  const told = stretches.length > MOST ? joined(stretches) : stretches;
  const share =
    lengthOf(stretches.filter(({ route }) => route === "large")) / (lengthOf(stretches) || 1);
  const ribbon = make("div", {
    class: "ribbon",
    role: "img",
    "aria-label": `${Math.round(100 * share)} % of the text by large`,
  });
  for (const { route, length } of told) {
    const piece = make("span", { class: route });
    piece.style.setProperty("flex-grow", String(length));
    ribbon.append(piece);
  }
  return ribbon;
}

function stretchesOf({ text, parts }: ShownStep): readonly Stretch[] {
  return parts.map(({ route, from }, index) => ({
    route,
    length: (parts[index + 1]?.from ?? text.trimEnd().length) - from,
  }));
}

function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const whole: Stretch[] = [];
  for (const { route, length } of stretches) {
    const last = whole.at(-1);
    if (last?.route === route) whole[whole.length - 1] = { route, length: last.length + length };
    else whole.push({ route, length });
  }
  return whole;
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { length }) => sum + length, 0);
}
