import { type ListedToken, listedToken, type TextPiece } from "../core/align-tokens.js";
import { runsOn } from "./count-written.js";
import type { OpenStream } from "./open-stream.js";
import type { StepRecord, StopReason } from "./step-record.js";
import type { ThoughtDraft } from "./thought-draft.js";

/** What a stream that waits has brought already. It stays open, and what comes of it is not read into the thought. */
interface Unread {
  /** What the last event had behind the place where it waits, and what was read ahead since (`verify.maxAheadTokens`). */
  readonly behind: readonly TextPiece[];
  /** The stream has had its tokens: a server that does not keep to `max_tokens`. */
  readonly isOver: boolean;
}

/**
 * A thought that waits for somebody else's word. `verdict`: a step by small is whole, and is judged before it is taken.
 * `watch`: a step has ended, and small is asked how sure it is of the answer.
 */
export type Waiting = Unread &
  (
    | {
        readonly for: "verdict";
        readonly end: StepRecord["end"];
        readonly stopReason: StopReason | null;
      }
    | { readonly for: "watch" }
  );

/** Is there a stream to read on, and a step that may go on? */
export function isRead({ state: { stream, waits } }: ThoughtDraft): boolean {
  return stream !== null && !stream.complete && waits === null;
}

/** What came behind the place where the thought waits is read when the word is there. */
export function keepBehind({ state }: ThoughtDraft, pieces: readonly TextPiece[]): void {
  if (state.waits === null) return;
  const behind = [...state.waits.behind, ...pieces.map(keptPiece)];
  state.waits = { ...state.waits, behind };
}

/** How many tokens the stream has brought behind that place, those that have no text yet included. */
export function tokensBehind({ behind }: Unread, stream: OpenStream | null): number {
  return behind.reduce((sum, { tokens }) => sum + tokens, stream?.textless?.count ?? 0);
}

/** No reader waits for ever for a judgement, either: past the bound the text goes out as it is. */
export function boundJudged({ config, state: { stream, step } }: ThoughtDraft): void {
  if (step.judgedFrom === null || stream === null) return;
  const written = runsOn(stream) ? step.tokens - step.judgedFrom.tokensBefore : stream.received;
  if (written > config.maxHoldTokens) step.judgedFrom = null;
}

/** In plain JSON: another process may go on from it. */
function keptPiece({ text, first, tokens }: TextPiece): TextPiece {
  return { text, first: first === null ? null : readable(first), tokens };
}

/** Candidates that cannot be read are none: whoever needs them says so. */
function readable(first: ListedToken): ListedToken {
  try {
    return listedToken(first);
  } catch {
    return { token: first.token, top: [] };
  }
}
