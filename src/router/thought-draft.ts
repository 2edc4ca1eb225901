import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import type { OpenStream, RoleUsage, ThoughtState } from "./thought-state.js";

/**
 * A copy of the state that one event may change, and what there is to tell about it. The reducer hands
 * out a new state for every event; inside one event, changing a private copy reads better than spreading.
 */
export interface ThoughtDraft {
  readonly config: RouteConfig;
  readonly state: ThoughtState;
  readonly events: RouteEvent[];
}

export function draftOf(config: RouteConfig, state: ThoughtState): ThoughtDraft {
  const copy: ThoughtState = {
    ...state,
    step: { ...state.step },
    stream: state.stream === null ? null : { ...state.stream },
  };
  return { config, state: copy, events: [] };
}

/**
 * Stops reading the request under way and books what it cost. A driver that sees `stream` gone aborts the
 * request. Without a report of the server the tokens are counted by us, and the sum is marked estimated.
 */
export function leaveStream({ state }: ThoughtDraft): void {
  const { stream } = state;
  if (stream === null) return;
  const { role } = stream;
  state.usage = { ...state.usage, [role]: addUsage(state.usage[role], stream) };
  state.stream = null;
}

function addUsage(usage: RoleUsage, stream: OpenStream): RoleUsage {
  const reported = stream.usage;
  return {
    input_tokens: usage.input_tokens + (reported?.input_tokens ?? stream.inputTokens),
    output_tokens: usage.output_tokens + (reported?.output_tokens ?? stream.received),
    estimated: usage.estimated || reported === null,
  };
}
