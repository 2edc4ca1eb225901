import { spendingLimits } from "../core/spending-limit.js";
import type { OpenRequest } from "./open-request.js";
import type { RouteConfig } from "./route-config.js";
import type { CandidatesWanted, Written } from "./step-writer.js";
import type { ThoughtState } from "./thought-state.js";
import { tokensBehind } from "./waiting.js";

/**
 * May small's stream be read on while a step of its is judged? What comes is kept behind that step, unread. Not where a
 * reply may cost only so much: it could be spent on what a verdict throws away.
 */
export function mayReadAhead(config: RouteConfig, { stream, waits }: ThoughtState): boolean {
  const most = config.verify?.maxAheadTokens ?? 0;
  if (waits?.for !== "verdict" || waits.isOver || stream?.purpose !== "fused") return false;
  if (spendingLimits(config).length > 0) return false;
  return tokensBehind(waits, stream) < most;
}

/** Where decisions fall inside steps: which of the tokens to come a point wants, nobody can tell yet. */
export function wantsAhead({ point }: RouteConfig): CandidatesWanted {
  return point === undefined ? undefined : true;
}

type Text = Extract<Written, { type: "text" }>;

/**
 * Hears somebody's word, and reads a stream on until it is there. What is no text (an end, a cut, an error) is left for
 * the next read: whether it matters, the word tells.
 *
 * @param by.keep - takes what has come; where it fails, the next read brings the same
 * @throws what `word` does
 */
export async function readUntil<Word extends object>(
  word: Promise<Word>,
  by: {
    readonly open: OpenRequest;
    readonly wanted: CandidatesWanted;
    readonly mayRead: () => boolean;
    readonly keep: (written: Text) => void;
  },
): Promise<Word> {
  const { open, wanted, mayRead, keep } = by;
  while (mayRead()) {
    const read = open.peek(wanted).then(
      (brought) => ({ brought }),
      () => ({ brought: null }),
    );
    const first = await Promise.race([word, read]);
    if (!("brought" in first)) return first;
    const { brought } = first;
    if (brought?.type !== "text" || !isKept(keep, brought)) break;
    open.pass();
  }
  return word;
}

function isKept(keep: (written: Text) => void, written: Text): boolean {
  try {
    keep(written);
    return true;
  } catch {
    return false;
  }
}
