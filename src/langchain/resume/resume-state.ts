import type { BaseMessage } from "@langchain/core/messages";
import { sha256 } from "@langchain/core/utils/hash";
import type { ThinkingTags } from "../../core/thinking-tags.js";
import type { RouteConfig } from "../../router/route-config.js";
import type { ThoughtState } from "../../router/thought-state.js";

/** What a call must have in common with the one whose thought it goes on with. */
export interface ResumableBy {
  readonly delimiter: string;
  /** The tags around the thought; `null`: the steps are the reply. */
  readonly thinking: ThinkingTags | null;
  /** Name of the point; `null`: a step's first token. */
  readonly point: string | null;
  /** `chat`: with tools or a response format. */
  readonly answerIn: "text" | "chat";
}

/**
 * A reply that broke off, as plain JSON: `error.resume`. Given back as the call option `resume`, in this process or another,
 * with the same messages, it goes on where it was. The prompt is rendered anew, so servers and models may be others.
 * What is in it is the router's own: keep it, and do not change it.
 */
export interface ResumeState {
  /** Of this format. */
  readonly version: 1;
  /** Hash of the messages. */
  readonly messages: string;
  readonly router: ResumableBy;
  readonly thought: ThoughtState;
}

/** Of a state's strings and keys: a thought of 300,000 tokens in steps of 30 has half of it. */
export const MOST_CHARACTERS = 2 ** 24;

/** What resumes a reply to these messages. @returns `undefined` where it would be larger than `MOST_CHARACTERS` */
export function resumeState(
  thought: ThoughtState,
  messages: readonly BaseMessage[],
  router: ResumableBy,
): ResumeState | undefined {
  const state: ResumeState = { version: 1, messages: hashOf(messages), router, thought };
  const text = JSON.stringify(state);
  // A copy: the state's own lists may still be somebody's.
  return text.length > MOST_CHARACTERS ? undefined : (JSON.parse(text) as ResumeState);
}

/** Of what a prompt is rendered from: a message's id, and what a provider said of it, may be others. */
export function hashOf(messages: readonly BaseMessage[]): string {
  return sha256(JSON.stringify(messages.map(substance)));
}

function substance(message: BaseMessage): readonly unknown[] {
  const { content, name = null, additional_kwargs } = message;
  const { tool_calls = [], tool_call_id = null } = message as {
    readonly tool_calls?: readonly { readonly name: string; readonly args: unknown }[];
    readonly tool_call_id?: string;
  };
  const { role = null } = message as { readonly role?: string };
  const { reasoning_content = null } = additional_kwargs ?? {};
  const calls = tool_calls.map((call) => [call.name, call.args]);
  return [message.getType(), role, name, content, calls, tool_call_id, reasoning_content];
}

/** What a call's thought is resumed by. */
export function resumableBy({
  delimiter,
  thinking,
  point,
  answerIn,
}: Pick<RouteConfig, "delimiter" | "thinking"> & {
  readonly point: RouteConfig["point"] | undefined;
  readonly answerIn: ResumableBy["answerIn"];
}): ResumableBy {
  return {
    delimiter,
    thinking: thinking === false ? null : { open: thinking.open, close: thinking.close },
    point: point?.name ?? null,
    answerIn,
  };
}
