import { copyState } from "./copy-state.js";
import { spentTokens, writtenTokens } from "./count-written.js";
import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import { addSpeculation, toldSpeculation } from "./speculation.js";
import { addUsage } from "./spent.js";
import { type ThoughtState, tokensSoFar } from "./thought-state.js";

/**
 * A copy of the state that one event may change, and what there is to tell about it. The reducer hands
 * out a new state for every event; inside one event, changing a private copy reads better than spreading.
 */
export interface ThoughtDraft {
  readonly config: RouteConfig;
  readonly state: ThoughtState;
  readonly events: RouteEvent[];
  /** Nobody keeps an older state: the list of steps may grow in place. */
  readonly keepsNoOther: boolean;
}

export function draftOf(
  config: RouteConfig,
  state: ThoughtState,
  keepsNoOther = false,
): ThoughtDraft {
  return { config, state: copyState(state), events: [], keepsNoOther };
}

/**
 * Stops reading the request under way and books what it cost. A driver that sees `stream` gone aborts the
 * request. What it has written and the thought does not keep was for nothing.
 */
export function leaveStream({ state }: ThoughtDraft): void {
  const { stream } = state;
  if (stream === null) return;
  const kept = tokensSoFar(state) - stream.keptBefore;
  bookStream(state, writtenTokens(stream) - kept);
}

/**
 * The request under way is over, and what it wrote is taken.
 *
 * @param discarded - tokens of it that are not. @defaultValue those of half a character at its end
 */
export function endStream(
  { state }: ThoughtDraft,
  discarded = state.stream?.textlessAtEnd ?? 0,
): void {
  bookStream(state, discarded);
}

/** Without a report of the server the tokens are counted by us, and the sum is marked estimated. */
function bookStream(state: ThoughtState, discarded: number): void {
  const { stream } = state;
  if (stream === null) return;
  const { role } = stream;
  const spent = spentTokens(stream, discarded);
  state.usage = { ...state.usage, [role]: addUsage(state.usage[role], spent) };
  const { part } = state.step;
  const speculation = addSpeculation(part.speculation, toldSpeculation(stream));
  state.step.part = { ...part, speculation };
  state.stream = null;
}

/**
 * The state of a thought that fails or is aborted while it reads: what was read of the request is paid for, and was
 * not thrown away here.
 */
export function abandonStream(
  config: RouteConfig,
  state: ThoughtState,
  isAborted: boolean,
): ThoughtState {
  if (state.stream === null) return state;
  if (isRefused(state, isAborted)) return { ...state, stream: null };
  const draft = draftOf(config, state);
  endStream(draft);
  return draft.state;
}

/** A request that failed before it brought anything was refused, as far as anybody can tell, and cost nothing. */
export function isRefused({ stream }: ThoughtState, isAborted: boolean): boolean {
  return stream?.events === 0 && !isAborted;
}
