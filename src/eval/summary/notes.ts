import { armsByRate, type Gathered, type SummarisedRun } from "./gather-replies.js";
import type { ArmSummary } from "./summary.js";

/**
 * What a reader must know before the figures.
 *
 * @param compared - problems that the verdict is on; `null` without one
 */
export function notesOf(
  gathered: Gathered,
  run: SummarisedRun,
  arms: readonly ArmSummary[],
  compared: number | null,
): string[] {
  const asked = arms.filter((arm) => !arm.replayed);
  const missing = run.arms.filter(({ arm }) => !gathered.arms.has(arm)).map(({ arm }) => arm);
  const partial = asked.filter(({ n }) => n < run.data.n);
  const notes: (string | false)[] = [
    missing.length > 0 && `Not run yet: ${missing.join(", ")}.`,
    partial.length > 0 &&
      `Not complete (${run.data.n} problems): ${partial.map(({ arm, n }) => `${arm} ${n}`).join(", ")}.`,
    run.data.skipped > 0 && `${run.data.skipped} lines of the data were refused and left out.`,
    !asked.some(({ arm }) => arm === "large") && "Without the arm `large` there is no cost.",
    ...["large", "small", run.primary.arm].map(
      (arm) => !gathered.arms.has(arm) && `No verdict: the arm \`${arm}\` has no reply.`,
    ),
    compared !== null &&
      compared < gathered.clusterOf.size &&
      `The verdict is on the ${compared} problems that all of its arms have answered.`,
    armsByRate(gathered).size === 0 &&
      "No arm of chance was run: the verdict knows one null, the coin per question.",
    lostNote(asked),
  ];
  return notes.filter((note) => note !== false);
}

/** Replies that are no answers count as wrong, which can make an arm look bad that is only cut short. */
function lostNote(arms: readonly ArmSummary[]): string | false {
  const lost = arms
    .map((arm) => ({
      arm: arm.arm,
      share: (arm.truncated + arm.unparsed + arm.errors) / arm.replies,
    }))
    .filter(({ share }) => share > 0.05)
    .map(({ arm, share }) => `${arm} ${Math.round(share * 100)} %`);
  return (
    lost.length > 0 &&
    `Counted as wrong because they failed, were cut, or could not be read: ${lost.join(", ")} of the replies.`
  );
}
