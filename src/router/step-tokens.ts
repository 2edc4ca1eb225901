import type { PointReading } from "./thought-state.js";

/** Tokens of the step from `cut` on; one that only begins before it is not among them. */
export function tokensFrom(reading: PointReading | null, cut: number): number {
  if (reading === null) return 0;
  const { marks, unread } = reading;
  let tokens = 0;
  for (let index = 0; index < marks.length; index += 2) {
    if ((marks[index] ?? 0) >= cut) tokens += marks[index + 1] ?? 0;
  }
  return unread.reduce((sum, next) => (next.at >= cut ? sum + next.tokens : sum), tokens);
}
