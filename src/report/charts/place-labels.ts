/** A dot of a chart, and what is written beside it; pixels. */
export interface Dot {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface PlacedLabel extends Dot {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: "start" | "middle" | "end";
}

export interface Room {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LETTER = 6.4;
const HEIGHT = 13;

/** Where a label may stand, the best first. */
const SEATS = [12, 24, 38].flatMap((away) => [
  { dx: away, dy: 0, anchor: "start" as const },
  { dx: -away, dy: 0, anchor: "end" as const },
  { dx: away * 0.7, dy: -away, anchor: "start" as const },
  { dx: away * 0.7, dy: away, anchor: "start" as const },
  { dx: -away * 0.7, dy: -away, anchor: "end" as const },
  { dx: -away * 0.7, dy: away, anchor: "end" as const },
  { dx: 0, dy: -away - 4, anchor: "middle" as const },
  { dx: 0, dy: away + 4, anchor: "middle" as const },
]);

/**
 * Gives each dot the first seat at which its label covers no dot and no label before it, nor leaves the chart;
 * where there is none, the one that covers least.
 *
 * @param dots - the most important first
 * @param others - what labels may not cover, too
 */
export function placeLabels(
  dots: readonly Dot[],
  room: Room,
  others: readonly Room[] = [],
): readonly PlacedLabel[] {
  const taken: Room[] = [...others, ...dots.map(({ x, y }) => boxAround(x, y, 5))];
  return dots.map((dot) => {
    const seats = SEATS.map((seat) => ({ ...dot, ...seat }));
    const covered = seats.map((seat) => coveredBy(boxOf(seat), taken, room));
    const best = seats[covered.indexOf(Math.min(...covered))] as PlacedLabel;
    taken.push(boxOf(best));
    return best;
  });
}

function boxOf({ text, x, y, dx, dy, anchor }: PlacedLabel): Room {
  const width = text.length * LETTER;
  const start = { start: 0, middle: -width / 2, end: -width }[anchor];
  const left = x + dx + start;
  const top = y + dy - HEIGHT / 2;
  return { left, right: left + width, top, bottom: top + HEIGHT };
}

function boxAround(x: number, y: number, radius: number): Room {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

/** Square pixels; those outside of the chart count many times over. */
function coveredBy(box: Room, taken: readonly Room[], room: Room): number {
  const whole = (box.right - box.left) * (box.bottom - box.top);
  const outside = whole - overlap(box, room);
  return taken.reduce((sum, each) => sum + overlap(box, each), 20 * outside);
}

function overlap(a: Room, b: Room): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}
