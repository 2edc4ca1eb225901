/** What the comparison asks of a measured process. */
export interface MeasureOrder {
  /** Index of the reading in its bench. */
  readonly reading: number;
  /** How often to read before the clock is looked at. */
  readonly times: number;
}

/** What it answers. */
export type ProcessNote =
  | { readonly type: "ready" }
  | {
      readonly type: "measured";
      /** CPU time of the process, user and system. */
      readonly microsecondsPerToken: number;
      /** Characters that were read, thought and answer: two trees are compared only where they write the same. */
      readonly characters: number;
    };

export type Measured = Extract<ProcessNote, { type: "measured" }>;
