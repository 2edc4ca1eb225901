import type { TextPiece } from "../core/align-tokens.js";
import { runsOn } from "./count-written.js";
import type { ThoughtDraft } from "./thought-draft.js";
import { keptPiece } from "./verification.js";

/** Is there a stream to read on, and a step that may go on? */
export function isRead({ state: { stream, judged } }: ThoughtDraft): boolean {
  return stream !== null && !stream.complete && judged === null;
}

/** What came behind a step that waits for its judgement is read when that is there. */
export function keepBehind({ state }: ThoughtDraft, pieces: readonly TextPiece[]): void {
  if (state.judged === null) return;
  const behind = [...state.judged.behind, ...pieces.map(keptPiece)];
  state.judged = { ...state.judged, behind };
}

/** No reader waits for ever for a judgement, either: past the bound the text goes out as it is. */
export function boundJudged({ config, state: { stream, step } }: ThoughtDraft): void {
  if (step.judgedFrom === null || stream === null) return;
  const written = runsOn(stream) ? step.tokens - step.judgedFrom.tokensBefore : stream.received;
  if (written > config.maxHoldTokens) step.judgedFrom = null;
}
