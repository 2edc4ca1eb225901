/** A piece of a tool call, as it is streamed: id and name come with the first piece, arguments in slices. */
export interface ToolCallPart {
  readonly type: "tool-call";
  /** The call's place among the calls of the answer. */
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  /** A slice of the arguments' JSON. */
  readonly args: string;
}
