/** A piece of a tool call: its id and name come once, with the first pieces, its arguments in slices. */
export interface ToolCallPart {
  readonly type: "tool-call";
  /** The call's place among the calls of the answer. */
  readonly index: number;
  readonly id?: string;
  /** What is new of the name. */
  readonly name?: string;
  /** A slice of the arguments' JSON. */
  readonly args: string;
}
