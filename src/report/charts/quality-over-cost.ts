import * as Plot from "@observablehq/plot";
import type { ArmSummary, Summary } from "../../eval/summary/summary.js";
import { chanceByRate, isChance } from "../chance.js";
import {
  type Chart,
  type ChartWidth,
  chartText,
  INK,
  LARGE,
  LINE,
  ROUTED,
  SMALL,
  SOFT,
} from "./draw.js";
import { type PlacedLabel, placeLabels, type Room } from "./place-labels.js";

type Placed = ArmSummary & { readonly cost: number };

const MARGIN = { left: 48, right: 16, top: 30, bottom: 44 };

/** Right answers over what they cost, with the chord and chance; `null` where large alone was not run. */
export function qualityOverCost(summary: Summary): Chart | null {
  const arms = summary.arms.filter((arm): arm is Placed => arm.cost !== null);
  if (arms.length === 0) return null;
  return {
    name: "quality-over-cost",
    label:
      "Right answers of each arm over its cost, with intervals; the chord joins small alone and large alone. " +
      "The table below has the same figures.",
    draw: (width) => optionsFor(arms, summary, width),
  };
}

function optionsFor(arms: readonly Placed[], summary: Summary, at: ChartWidth): Plot.PlotOptions {
  const primary = summary.primary.arm;
  const named = byWeight(arms, primary);
  const chances = arms.filter(({ arm }) => isChance(arm));
  const height = at.name === "wide" ? 420 : 340;
  const x = { domain: [0, Math.max(1, ...arms.map(({ cost }) => cost)) * 1.06] as const };
  const y = { domain: accuraciesOf(arms) };
  const labels = labelsFor(named, { x: x.domain, y: y.domain }, { ...at, height });
  return {
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { ...x, label: "cost: large's tokens, large alone = 1 →", ticks: 6, tickSize: 0 },
    y: { ...y, label: "↑ right answers, %", transform: hundred, grid: true, tickSize: 0, ticks: 6 },
    marks: [
      ...chordMarks(arms, summary),
      Plot.line(chanceByRate(chances), { x: "cost", y: "accuracy", stroke: SOFT, strokeWidth: 1 }),
      Plot.dot(chances, { x: "cost", y: "accuracy", r: 2, fill: SOFT }),
      ...labels.filter(isFar).map(leader),
      Plot.ruleX(inFront(named), {
        x: "cost",
        y1: "lo",
        y2: "hi",
        stroke: (each: Placed) => colourOf(each.arm, primary),
        strokeOpacity: (each: Placed) => (each.arm === primary ? 1 : 0.45),
        strokeWidth: (each: Placed) => (each.arm === primary ? 2.5 : 1.5),
      }),
      Plot.dot(inFront(named), {
        x: "cost",
        y: "accuracy",
        r: (each: Placed) => (each.arm === primary ? 7 : 4.5),
        fill: (each: Placed) => (each.replayed ? "var(--page)" : colourOf(each.arm, primary)),
        stroke: (each: Placed) => colourOf(each.arm, primary),
        strokeWidth: 1.75,
      }),
      ...labels.map((label) => labelMark(label, label.text === chartText(primary))),
    ],
    r: { type: "identity" },
    color: { type: "identity" },
    opacity: { type: "identity" },
  };
}

const hundred = (share: number) => 100 * share;

/** The line that a coin per question walks, and how sure its height is where it is compared. */
function chordMarks(arms: readonly Placed[], { primary, verdict }: Summary): Plot.Markish[] {
  const ends = ["small", "large"].map((name) => arms.find(({ arm }) => arm === name));
  const cost = arms.find(({ arm }) => arm === primary.arm)?.cost;
  const marks: Plot.Markish[] = [];
  if (ends.every((end) => end !== undefined)) {
    marks.push(Plot.line(ends, { x: "cost", y: "accuracy", stroke: INK, strokeDasharray: "5 4" }));
  }
  const chord = verdict?.chord;
  if (chord != null && cost !== undefined) {
    marks.push(
      Plot.ruleX([chord], { x: cost, y1: "lo", y2: "hi", stroke: LINE, strokeWidth: 13 }),
      Plot.dot([chord], { x: cost, y: "value", r: 3, fill: INK }),
    );
  }
  return marks;
}

/** Those that have a name in the chart (the chord is a line), the one that is compared first. */
function byWeight(arms: readonly Placed[], primary: string): readonly Placed[] {
  const weight = (arm: string) => [primary, "large", "small"].indexOf(arm) >>> 0;
  return arms
    .filter(({ arm }) => !isChance(arm) && arm !== "chord")
    .sort((a, b) => weight(a.arm) - weight(b.arm));
}

/** What is drawn last lies in front. */
function inFront(named: readonly Placed[]): readonly Placed[] {
  return [...named].reverse();
}

function colourOf(arm: string, primary: string): string {
  if (arm === primary) return ROUTED;
  if (arm === "large") return LARGE;
  return arm === "small" ? SMALL : SOFT;
}

function accuraciesOf(arms: readonly Placed[]): readonly [number, number] {
  const lo = Math.min(...arms.map((each) => each.lo));
  const hi = Math.max(...arms.map((each) => each.hi));
  const air = (hi - lo) * 0.06 + 0.005;
  return [Math.max(0, 100 * (lo - air)), Math.min(100, 100 * (hi + air))];
}

function labelsFor(
  named: readonly Placed[],
  domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  { width, height }: { readonly width: number; readonly height: number },
): readonly PlacedLabel[] {
  const room: Room = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const share = (value: number, [from, to]: readonly [number, number]) =>
    (value - from) / (to - from);
  const xOf = (cost: number) => room.left + share(cost, domain.x) * (room.right - room.left);
  const yOf = (accuracy: number) =>
    room.bottom - share(100 * accuracy, domain.y) * (room.bottom - room.top);
  const bars = named.map(({ cost, lo, hi }) => ({
    left: xOf(cost) - 2,
    right: xOf(cost) + 2,
    top: yOf(hi),
    bottom: yOf(lo),
  }));
  const dots = named.map(({ arm, cost, accuracy }) => ({
    text: chartText(arm),
    x: xOf(cost),
    y: yOf(accuracy),
  }));
  return placeLabels(dots, room, bars);
}

function isFar({ dx, dy }: PlacedLabel): boolean {
  return Math.hypot(dx, dy) > 20;
}

/** From a dot to a label that is not beside it. */
function leader({ x, y, dx, dy }: PlacedLabel): Plot.Markish {
  const pixels = (value: number) => ({ value: [value], scale: null });
  return Plot.link([0], {
    x1: pixels(x),
    y1: pixels(y),
    x2: pixels(x + 0.9 * dx),
    y2: pixels(y + 0.9 * dy),
    stroke: SOFT,
    strokeWidth: 0.75,
  });
}

function labelMark({ text, x, y, dx, dy, anchor }: PlacedLabel, isPrimary: boolean): Plot.Markish {
  return Plot.text([text], {
    // Pixels already: no scale is asked.
    x: { value: [x], scale: null },
    y: { value: [y], scale: null },
    text: [text],
    dx,
    dy,
    textAnchor: anchor,
    fill: isPrimary ? INK : SOFT,
    stroke: "var(--page)",
    strokeWidth: 4,
    fontWeight: isPrimary ? 700 : 400,
    fontSize: 12,
  });
}
