import type { AIMessage } from "@langchain/core/messages";
import type { RoutingRecord } from "../../../src/index.js";

/** A reply of `invoke`, as far as it is looked at here. */
export type Reply = Pick<AIMessage, "text" | "additional_kwargs" | "response_metadata">;

/** What two engines must agree on. */
export interface ReplyDigest {
  readonly thought: string;
  readonly answer: string;
  readonly steps: readonly {
    readonly route: "small" | "large";
    /** H_init in nats; `null` for the rest of a step that large left unfinished. */
    readonly entropy: number | null;
  }[];
}

export function digestOf(message: Reply): ReplyDigest {
  const { steps } = recordOf(message);
  return {
    thought: String(message.additional_kwargs.reasoning_content ?? ""),
    answer: message.text,
    steps: steps.map(({ route, entropy }) => ({ route, entropy })),
  };
}

export function recordOf(message: Reply): RoutingRecord {
  return message.response_metadata.glimprouter as RoutingRecord;
}
