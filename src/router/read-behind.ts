import { readEnd } from "./read-end.js";
import { readPiece } from "./read-step.js";
import type { ThoughtDraft } from "./thought-draft.js";
import { isRead, keepBehind, type Waiting } from "./waiting.js";

/** The thought goes on: what had come behind the place where it waited is read. */
export function readBehind(draft: ThoughtDraft, { behind, isOver }: Waiting): void {
  for (const piece of behind) {
    if (draft.state.waits !== null) keepBehind(draft, [piece]);
    else if (isRead(draft)) readPiece(draft, piece);
  }
  const { stream, waits } = draft.state;
  if (!isOver || stream === null) return;
  if (waits === null) readEnd(draft, stream, "length");
  else draft.state.waits = { ...waits, isOver };
}
