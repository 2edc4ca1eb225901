/** A figure and its interval; unrounded. */
export interface Estimate {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}
