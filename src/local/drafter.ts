/** Says what a text may go on with. A wrong guess costs time, and never text: the model judges each token. */
export interface Drafter {
  /**
   * @param tokens - the text so far
   * @param most - 1 or more
   * @returns tokens that may come next, in order; none where there is no good guess
   */
  propose(tokens: readonly number[], most: number): Promise<readonly number[]>;
  /** Gives back what it holds of others'; it may be asked again. */
  rest(): void;
}

/** Where the drafters of a model come from: each text that is written has its own. */
export interface DraftSource {
  drafter(): Drafter;
  /** Frees what was loaded for drafting alone. */
  dispose(): Promise<void>;
}
