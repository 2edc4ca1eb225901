/** What the page is told of its server, as JSON. */
export interface PageData {
  /** The first one stands in the box. */
  readonly questions: readonly string[];
  /** `null` where no threshold decides. */
  readonly knob: Knob | null;
  /** Does `/v1` ask for one? */
  readonly needsKey: boolean;
}

/** The threshold that a question may set. */
export interface Knob {
  /** The server's own, in the point's unit. */
  readonly tau: number;
  readonly lo: number;
  readonly hi: number;
  readonly unit: string;
  /** On which side of it large takes over. */
  readonly direction: "above" | "below";
}

/** The element that holds it. */
export const PAGE_DATA_ID = "served";

/** Does large take over at this value? */
export function isHandedOver(value: number, tau: number, { direction }: Knob): boolean {
  return direction === "above" ? value > tau : value < tau;
}
